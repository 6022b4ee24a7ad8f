"""The balance against jobs and limits, auto-recharge, and the sums over them."""

from typing import Any

import pytest

from supportbot.account import UNKNOWN, AutoRecharge, Quote
from supportbot.diagnosis import (
    auto_recharge_purchases,
    effective_negative_limit,
    missing_for,
    room_before_negative_limit,
)
from tests.diagnosis_records import days_ago, error, finding, unread, verdict
from tests.records import account

JOB = {"kind": "fine_tuning", "required_amount": 2500}


def owing(total: int, **parts: Any) -> Any:
    return account(**({"balance": {"total": total}} | parts))


def test_a_job_that_needs_more_than_there_is_is_certain() -> None:
    asked = owing(2499, quotes=[JOB | {"required_amount": 1}, JOB])

    found = finding(asked, "job_needs_more_balance")

    assert found.grade == "certain"
    assert found.items == (asked.quotes[1],)


def test_a_job_can_start_with_exactly_what_it_needs() -> None:
    assert verdict(owing(2500, quotes=[JOB]), "job_needs_more_balance") == "ruled out"


def test_no_job_needs_nothing() -> None:
    assert verdict(owing(-1, quotes=[]), "job_needs_more_balance") == "ruled out"


@pytest.mark.parametrize("part", ["quotes", "balance"])
def test_a_job_without_quotes_or_balance_is_unchecked(part: str) -> None:
    parts = {"quotes": [], "balance": {"total": 0}, part: UNKNOWN}

    assert unread(account(**parts), "job_needs_more_balance") == (part,)


@pytest.mark.parametrize(
    ("cap", "spent", "said"),
    [
        (5000, 5000, "certain"),
        (5000, 5001, "certain"),
        (5000, 4999, "ruled out"),
        (0, 0, "certain"),
        (None, 5000, "ruled out"),
    ],
)
def test_the_customers_cap_is_reached_at_the_cap(cap: int | None, spent: int, said: str) -> None:
    limits = {"balance_limit": cap, "spent_this_period": spent}

    assert verdict(account(limits=limits), "balance_limit_reached") == said


@pytest.mark.parametrize(
    ("limits", "parts"),
    [
        (UNKNOWN, ("limits",)),
        ({"spent_this_period": 1}, ("limits.balance_limit",)),
        ({"balance_limit": 1}, ("limits.spent_this_period",)),
        ({"balance_limit": None}, ("limits.spent_this_period",)),
    ],
)
def test_a_cap_or_spending_that_was_not_read_is_unchecked(
    limits: object, parts: tuple[str, ...]
) -> None:
    assert unread(account(limits=limits), "balance_limit_reached") == parts


@pytest.mark.parametrize(("total", "said"), [(-5000, "certain"), (-4999, "ruled out")])
def test_the_accounts_own_negative_limit_is_reached_at_the_limit(total: int, said: str) -> None:
    limits = {"negative_limit": 5000}

    assert verdict(owing(total, limits=limits, tier=UNKNOWN), "negative_limit_reached") == said


def test_a_negative_limit_of_nothing_is_reached_at_zero() -> None:
    limits = {"negative_limit": 0}

    assert verdict(owing(0, limits=limits), "negative_limit_reached") == "certain"
    assert verdict(owing(1, limits=limits), "negative_limit_reached") == "ruled out"


@pytest.mark.parametrize("limits", [UNKNOWN, {}, {"negative_limit": None}])
@pytest.mark.parametrize("tier", ["build_1", "build_4"])
def test_build_tiers_1_to_4_have_the_documented_limit_in_dollars(limits: object, tier: str) -> None:
    at, above = (owing(total, limits=limits, tier=tier) for total in (-10000, -9999))

    assert verdict(at, "negative_limit_reached") == "certain"
    assert verdict(above, "negative_limit_reached") == "ruled out"


@pytest.mark.parametrize(
    ("parts", "missing"),
    [
        ({"tier": "build_5", "limits": {}}, ("limits.negative_limit",)),
        ({"tier": "build_5", "limits": {"negative_limit": None}}, ("limits.negative_limit",)),
        ({"tier": "enterprise", "limits": UNKNOWN}, ("limits",)),
        ({"tier": UNKNOWN, "limits": {}}, ("limits.negative_limit", "tier")),
        ({"tier": UNKNOWN, "limits": {"negative_limit": None}}, ("tier",)),
        ({"tier": UNKNOWN, "limits": {}, "currency": "EUR"}, ("limits.negative_limit",)),
        ({"tier": "build_1", "limits": {}, "currency": "EUR"}, ("limits.negative_limit",)),
    ],
)
def test_without_a_limit_it_is_unchecked(parts: dict[str, Any], missing: tuple[str, ...]) -> None:
    assert unread(owing(-50000, **parts), "negative_limit_reached") == missing


def test_a_positive_balance_decides_without_a_limit() -> None:
    asked = owing(1, tier=UNKNOWN, limits=UNKNOWN)

    assert verdict(asked, "negative_limit_reached") == "ruled out"


def test_a_balance_that_was_not_read_is_unchecked() -> None:
    asked = account(balance=UNKNOWN)

    assert unread(asked, "negative_limit_reached") == ("balance",)
    assert unread(asked, "no_balance") == ("balance",)


@pytest.mark.parametrize(
    ("last_error", "grade"),
    [
        (error(402), "likely"),
        (error(402) | {"at": days_ago(8)}, "possible"),
        (error(500), "possible"),
        (None, "possible"),
        (UNKNOWN, "possible"),
    ],
)
def test_no_balance_is_likely_only_with_payment_required(last_error: object, grade: str) -> None:
    assert verdict(owing(0, last_error=last_error), "no_balance") == grade


def test_one_cent_is_a_balance() -> None:
    assert verdict(owing(1, last_error=error(402)), "no_balance") == "ruled out"


def test_a_reached_negative_limit_says_it_all() -> None:
    assert verdict(owing(-10000), "no_balance") == "ruled out"


def test_a_negative_limit_that_is_not_known_does_not_hold() -> None:
    assert verdict(owing(-50000, limits=UNKNOWN, tier=UNKNOWN), "no_balance") == "possible"


def test_auto_recharge_whose_last_run_failed_is_likely() -> None:
    asked = account(auto_recharge={"enabled": True, "last_result": "failed"})

    assert finding(asked, "auto_recharge_failed").items == (asked.auto_recharge,)
    assert verdict(asked, "auto_recharge_failed") == "likely"


@pytest.mark.parametrize(
    "setup",
    [
        None,
        {"enabled": False, "last_result": "failed"},
        {"enabled": True, "last_result": "succeeded"},
        {"enabled": True, "last_result": None},
        {"enabled": True},
    ],
)
def test_other_auto_recharge_did_not_fail(setup: object) -> None:
    assert verdict(account(auto_recharge=setup), "auto_recharge_failed") == "ruled out"


def test_auto_recharge_that_was_not_read_is_unchecked() -> None:
    assert unread(account(auto_recharge=UNKNOWN), "auto_recharge_failed") == ("auto_recharge",)


@pytest.mark.parametrize(
    ("total", "purchases"), [(1000, 4), (1001, 4), (999, 5), (10999, 1), (11000, 0), (90000, 0)]
)
def test_auto_recharge_buys_until_the_threshold_is_met(total: int, purchases: int) -> None:
    setup = AutoRecharge(enabled=True, threshold=11000, amount=2500)

    assert auto_recharge_purchases(owing(total, auto_recharge=setup)) == purchases


@pytest.mark.parametrize(
    "setup",
    [
        UNKNOWN,
        None,
        AutoRecharge(enabled=True, amount=2500),
        AutoRecharge(enabled=True, threshold=2000),
        AutoRecharge(enabled=True, threshold=2000, amount=0),
        AutoRecharge(enabled=True, threshold=2000, amount=-1),
    ],
)
def test_auto_recharge_without_its_settings_has_no_sum(setup: object) -> None:
    assert auto_recharge_purchases(owing(0, auto_recharge=setup)) is None


def test_the_room_left_is_the_limit_and_the_balance() -> None:
    assert room_before_negative_limit(owing(-2500)) == 7500
    assert room_before_negative_limit(owing(-12000)) == -2000


def test_the_room_left_is_unknown_without_limit_or_balance() -> None:
    unlimited = owing(-2500, tier="scale", limits=UNKNOWN)

    assert effective_negative_limit(unlimited) is UNKNOWN
    assert room_before_negative_limit(unlimited) is None
    assert room_before_negative_limit(account(balance=UNKNOWN)) is None


def test_a_job_lacks_what_the_balance_does_not_cover() -> None:
    quote = Quote(kind="evaluation", required_amount=2500)

    assert missing_for(quote, owing(-100)) == 2600
    assert missing_for(quote, owing(2500)) == 0
    assert missing_for(quote, account(balance=UNKNOWN)) is None
    assert auto_recharge_purchases(account(balance=UNKNOWN)) is None
