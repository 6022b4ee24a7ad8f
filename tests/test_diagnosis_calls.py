"""Causes that a failed API call shows: incidents, keys, tiers, rates, rejected requests."""

import pytest

from supportbot.account import UNKNOWN
from supportbot.diagnosis import recent_error
from tests.diagnosis_records import days_ago, error, finding, known, unread, verdict
from tests.records import NOW, account

OPEN = {"id": "inc_1", "service": "inference", "state": "open"}
RESOLVED = OPEN | {"state": "resolved"}
ACTIVE = {"last4": "a1b2", "status": "active", "account": "northwind"}
REVOKED = {"last4": "dead", "status": "revoked", "account": "northwind"}
FOREIGN = {"last4": "beef", "status": "active", "account": "southwind"}
BIG = {"model": "big", "min_tier": "build_4"}
SMALL = {"model": "small", "min_tier": "build_2"}


def test_an_error_of_exactly_seven_days_ago_is_recent() -> None:
    asked = account(last_error=error(402) | {"at": days_ago(7)})

    assert recent_error(asked, NOW) == asked.last_error


def test_an_error_of_a_second_more_than_seven_days_ago_is_not_recent() -> None:
    asked = account(last_error=error(402) | {"at": days_ago(7 + 1 / 86400)})

    assert recent_error(asked, NOW) is None


def test_an_error_dated_in_the_future_is_recent() -> None:
    asked = account(last_error=error(402) | {"at": days_ago(-1)})

    assert recent_error(asked, NOW) == asked.last_error


def test_an_error_that_could_not_be_read_is_unknown() -> None:
    assert recent_error(account(last_error=UNKNOWN), NOW) is UNKNOWN


@pytest.mark.parametrize(
    ("last_error", "grade"),
    [(error(500), "certain"), (error(499), "possible"), (None, "possible"), (UNKNOWN, "possible")],
)
def test_an_open_incident_is_certain_only_with_a_server_error(
    last_error: object, grade: str
) -> None:
    assert verdict(account(incidents=[OPEN], last_error=last_error), "service_incident") == grade


def test_an_old_server_error_does_not_make_an_incident_certain() -> None:
    asked = account(incidents=[OPEN], last_error=error(503) | {"at": days_ago(8)})

    assert verdict(asked, "service_incident") == "possible"


def test_a_resolved_incident_is_no_incident() -> None:
    asked = account(incidents=[RESOLVED], last_error=error(500))

    assert verdict(asked, "service_incident") == "ruled out"


def test_incidents_that_were_not_read_are_unchecked() -> None:
    assert unread(account(incidents=UNKNOWN), "service_incident") == ("incidents",)


def test_a_revoked_key_that_was_used_is_certain() -> None:
    asked = account(api_keys=[ACTIVE, REVOKED], last_error=error(401, key_last4="dead"))

    found = finding(asked, "key_revoked")

    assert found.grade == "certain"
    assert found.items == (known(asked.api_keys)[1], asked.last_error)


def test_a_revoked_key_that_was_not_used_is_no_cause() -> None:
    asked = account(api_keys=[ACTIVE, REVOKED], last_error=error(401, key_last4="a1b2"))

    assert verdict(asked, "key_revoked") == "ruled out"


def test_an_unlisted_key_with_401_is_likely_revoked_when_another_key_is() -> None:
    asked = account(api_keys=[ACTIVE, REVOKED], last_error=error(401, key_last4="0000"))

    assert verdict(asked, "key_revoked") == "likely"


def test_an_unlisted_key_with_403_says_nothing() -> None:
    asked = account(api_keys=[ACTIVE, REVOKED], last_error=error(403, key_last4="0000"))

    assert verdict(asked, "key_revoked") == "ruled out"


def test_an_error_without_a_key_has_no_key_that_could_be_unlisted() -> None:
    asked = account(api_keys=[ACTIVE, REVOKED], last_error=error(401))

    assert verdict(asked, "key_revoked") == "ruled out"


def test_of_two_keys_with_one_ending_a_revoked_one_is_enough() -> None:
    twin = REVOKED | {"last4": "a1b2"}
    asked = account(api_keys=[ACTIVE, twin], last_error=error(401, key_last4="a1b2"))

    assert verdict(asked, "key_revoked") == "certain"


def test_no_revoked_key_decides_without_the_error() -> None:
    assert verdict(account(api_keys=[ACTIVE], last_error=UNKNOWN), "key_revoked") == "ruled out"


def test_a_revoked_key_without_the_error_is_unchecked() -> None:
    asked = account(api_keys=[REVOKED], last_error=UNKNOWN)

    assert unread(asked, "key_revoked") == ("last_error",)


def test_keys_that_were_not_read_are_unchecked() -> None:
    asked = account(api_keys=UNKNOWN, last_error=error(401, key_last4="dead"))

    assert unread(asked, "key_revoked") == ("api_keys",)
    assert unread(asked, "key_of_other_account") == ("api_keys",)


def test_a_key_of_another_account_is_certain() -> None:
    asked = account(api_keys=[ACTIVE, FOREIGN], last_error=error(401, key_last4="beef"))

    assert verdict(asked, "key_of_other_account") == "certain"


@pytest.mark.parametrize("owner", ["northwind", None])
def test_a_key_of_this_account_or_of_nobody_named_is_not_another_accounts(
    owner: str | None,
) -> None:
    key = {name: part for name, part in (FOREIGN | {"account": owner}).items() if part}
    asked = account(api_keys=[key], last_error=error(401, key_last4="beef"))

    assert verdict(asked, "key_of_other_account") == "ruled out"


def test_of_two_keys_with_one_ending_another_accounts_is_enough() -> None:
    twin = FOREIGN | {"last4": "a1b2"}
    asked = account(api_keys=[ACTIVE, twin], last_error=error(401, key_last4="a1b2"))

    assert verdict(asked, "key_of_other_account") == "certain"


def test_another_accounts_key_without_the_error_is_unchecked() -> None:
    asked = account(api_keys=[ACTIVE], last_error=UNKNOWN)

    assert unread(asked, "key_of_other_account") == ("last_error",)


@pytest.mark.parametrize(
    "cause",
    ["key_revoked", "key_of_other_account", "tier_too_low", "rate_limited", "request_rejected"],
)
def test_no_failed_call_decides_whatever_else_was_not_read(cause: str) -> None:
    asked = account(last_error=None, api_keys=UNKNOWN, tier=UNKNOWN, model_access=UNKNOWN)

    assert verdict(asked, cause) == "ruled out"


def test_a_model_above_the_tier_is_certain() -> None:
    asked = account(model_access=[SMALL, BIG], last_error=error(403, model="big"))

    found = finding(asked, "tier_too_low")

    assert found.grade == "certain"
    assert found.items == (known(asked.model_access)[1], asked.last_error)


@pytest.mark.parametrize("model", ["small", "unheard-of", None])
def test_a_model_at_the_tier_or_not_listed_or_not_named_is_no_cause(model: str | None) -> None:
    asked = account(model_access=[SMALL, BIG], last_error=error(403, model=model))

    assert verdict(asked, "tier_too_low") == "ruled out"


def test_the_tiers_rise_from_build_5_to_scale() -> None:
    models = [{"model": "big", "min_tier": "scale"}]
    asked = account(tier="build_5", model_access=models, last_error=error(403, model="big"))

    assert verdict(asked, "tier_too_low") == "certain"


def test_a_model_of_an_old_error_is_no_cause() -> None:
    old = error(403, model="big") | {"at": days_ago(8)}

    assert verdict(account(model_access=[BIG], last_error=old), "tier_too_low") == "ruled out"


def test_a_min_tier_of_an_unknown_name_is_unchecked() -> None:
    models = [{"model": "big", "min_tier": "platinum"}]
    asked = account(model_access=models, last_error=error(403, model="big"))

    assert unread(asked, "tier_too_low") == ("model_access.min_tier",)


def test_another_models_unknown_min_tier_does_not_matter() -> None:
    models = [SMALL, {"model": "big", "min_tier": "platinum"}]
    asked = account(model_access=models, last_error=error(403, model="small"))

    assert verdict(asked, "tier_too_low") == "ruled out"


def test_enterprise_decides_alone() -> None:
    asked = account(tier="enterprise", model_access=UNKNOWN, last_error=UNKNOWN)

    assert verdict(asked, "tier_too_low") == "ruled out"


def test_no_model_above_the_tier_decides_without_the_error() -> None:
    asked = account(model_access=[SMALL], last_error=UNKNOWN)

    assert verdict(asked, "tier_too_low") == "ruled out"


def test_a_model_above_the_tier_without_the_error_is_unchecked() -> None:
    asked = account(model_access=[SMALL, BIG], last_error=UNKNOWN)

    assert unread(asked, "tier_too_low") == ("last_error",)


def test_a_tier_that_was_not_read_is_unchecked() -> None:
    asked = account(tier=UNKNOWN, model_access=[BIG], last_error=error(403, model="big"))

    assert unread(asked, "tier_too_low") == ("tier",)


@pytest.mark.parametrize("code", [None, "rate_limit_exceeded"])
def test_too_many_requests_are_a_rate_limit(code: str | None) -> None:
    assert verdict(account(last_error=error(429, code=code)), "rate_limited") == "certain"


@pytest.mark.parametrize(
    "code",
    ["Insufficient_QUOTA", "billing_hard_limit", "low_balance", "no_credits", "payment_required"],
)
def test_too_many_requests_with_a_code_about_money_are_no_rate_limit(code: str) -> None:
    assert verdict(account(last_error=error(429, code=code)), "rate_limited") == "ruled out"


def test_another_status_is_no_rate_limit() -> None:
    assert verdict(account(last_error=error(402)), "rate_limited") == "ruled out"


def test_an_error_that_was_not_read_leaves_the_calls_unchecked() -> None:
    asked = account(last_error=UNKNOWN)

    assert unread(asked, "rate_limited") == ("last_error",)
    assert unread(asked, "request_rejected") == ("last_error",)


@pytest.mark.parametrize("status", [400, 403, 404, 413, 422])
def test_a_rejected_request_is_possible(status: int) -> None:
    assert verdict(account(last_error=error(status)), "request_rejected") == "possible"


@pytest.mark.parametrize("status", [401, 402, 409, 429, 500])
def test_other_statuses_are_no_rejected_request(status: int) -> None:
    assert verdict(account(last_error=error(status)), "request_rejected") == "ruled out"


def test_a_tier_that_is_too_low_explains_the_rejection() -> None:
    asked = account(model_access=[BIG], last_error=error(403, model="big"))

    assert verdict(asked, "request_rejected") == "ruled out"


def test_a_tier_that_could_not_be_checked_does_not_explain_it() -> None:
    asked = account(tier=UNKNOWN, model_access=[BIG], last_error=error(403, model="big"))

    assert verdict(asked, "request_rejected") == "possible"
