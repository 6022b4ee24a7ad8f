"""Credits that were never bought, are only free, are on their way, or ran out."""

from typing import Any

import pytest

from supportbot.account import UNKNOWN
from supportbot.diagnosis import expired_free_grants, unsettled_grants
from tests.diagnosis_records import (
    days_ago,
    error,
    finding,
    grant,
    ids,
    known,
    payment,
    top_up,
    unread,
    verdict,
)
from tests.records import NOW, account

FREE = {"total": 100, "purchased": 0, "free": 100}


@pytest.mark.parametrize(
    ("currency", "bought", "said"),
    [
        ("USD", 499, "certain"),
        ("USD", 0, "certain"),
        ("USD", 500, "ruled out"),
        ("EUR", 0, "certain"),
        ("EUR", 1, "ruled out"),
    ],
)
def test_the_least_purchase_is_five_dollars_or_anything_in_another_currency(
    currency: str, bought: int, said: str
) -> None:
    asked = account(currency=currency, lifetime_purchased=bought)

    assert verdict(asked, "no_purchase_yet") == said


@pytest.mark.parametrize("tier", ["scale", "enterprise"])
@pytest.mark.parametrize("bought", [0, UNKNOWN])
def test_scale_and_enterprise_need_no_purchase(tier: str, bought: object) -> None:
    assert verdict(account(tier=tier, lifetime_purchased=bought), "no_purchase_yet") == "ruled out"


@pytest.mark.parametrize("tier", ["build_1", "build_5", UNKNOWN])
def test_every_other_tier_and_one_that_was_not_read_does(tier: object) -> None:
    assert verdict(account(tier=tier, lifetime_purchased=0), "no_purchase_yet") == "certain"


def test_purchases_that_were_not_read_are_unchecked() -> None:
    assert unread(account(lifetime_purchased=UNKNOWN), "no_purchase_yet") == ("lifetime_purchased",)


@pytest.mark.parametrize("purchased", [0, -5])
def test_free_credits_alone_are_possible(purchased: int) -> None:
    assert verdict(account(balance=FREE | {"purchased": purchased}), "only_free_credits") == (
        "possible"
    )


def test_a_model_that_asks_for_purchased_credits_makes_it_certain() -> None:
    models = [{"model": "big", "requires_purchased_credits": True}]
    asked = account(balance=FREE, model_access=models, last_error=error(403, model="big"))

    found = finding(asked, "only_free_credits")

    assert found.grade == "certain"
    assert found.items == (*known(asked.model_access), asked.last_error)


@pytest.mark.parametrize(
    "parts",
    [
        {"last_error": error(403, model="small")},
        {"last_error": error(403)},
        {"last_error": error(403, model="big") | {"at": days_ago(8)}},
        {"last_error": None},
        {"last_error": UNKNOWN},
        {"last_error": error(403, model="big"), "model_access": UNKNOWN},
        {"last_error": error(403, model="big"), "model_access": [{"model": "big"}]},
    ],
)
def test_without_such_a_model_in_the_recent_error_it_is_possible(parts: dict[str, Any]) -> None:
    models = {"model_access": [{"model": "big", "requires_purchased_credits": True}]}

    assert verdict(account(**({"balance": FREE} | models | parts)), "only_free_credits") == (
        "possible"
    )


@pytest.mark.parametrize("balance", [FREE | {"purchased": 1}, FREE | {"free": 0}])
def test_purchased_credits_or_no_free_ones_rule_it_out(balance: dict[str, int]) -> None:
    assert verdict(account(balance=balance), "only_free_credits") == "ruled out"


@pytest.mark.parametrize(
    ("balance", "parts"),
    [
        (UNKNOWN, ("balance",)),
        ({"total": 100}, ("balance.purchased", "balance.free")),
        ({"total": 100, "free": 100}, ("balance.purchased",)),
        ({"total": 100, "purchased": 50}, ("balance.free",)),
    ],
)
def test_a_balance_that_was_read_in_part_is_unchecked(
    balance: object, parts: tuple[str, ...]
) -> None:
    assert unread(account(balance=balance), "only_free_credits") == parts


@pytest.mark.parametrize(
    "credit",
    [
        grant(settlement="pending"),
        grant(kind="free", settlement="pending"),
        grant(effective_at=days_ago(-1)),
    ],
)
def test_credits_on_their_way_are_likely(credit: dict[str, Any]) -> None:
    asked = account(credit_grants=[credit], payments=[])

    assert verdict(asked, "credit_not_settled") == "likely"
    assert unsettled_grants(asked, NOW) == asked.credit_grants


@pytest.mark.parametrize(
    "credit",
    [
        grant(),
        grant(settlement="failed"),
        grant(settlement="pending", voided_at=days_ago(1)),
        grant(effective_at=days_ago(0)),
        grant(effective_at=None),
    ],
)
def test_credits_that_are_there_or_will_never_be_are_not_on_their_way(
    credit: dict[str, Any],
) -> None:
    assert verdict(account(credit_grants=[credit], payments=[]), "credit_not_settled") == (
        "ruled out"
    )


def test_a_top_up_under_way_is_likely() -> None:
    asked = account(credit_grants=[], payments=[top_up("processing")])

    assert ids(finding(asked, "credit_not_settled")) == ["py_2"]


@pytest.mark.parametrize(
    "paid",
    [
        top_up("succeeded"),
        top_up("requires_action"),
        payment("processing"),
        top_up("processing", purpose="auto_recharge"),
    ],
)
def test_other_payments_are_no_credits_on_their_way(paid: dict[str, Any]) -> None:
    assert verdict(account(credit_grants=[], payments=[paid]), "credit_not_settled") == "ruled out"


@pytest.mark.parametrize("part", ["credit_grants", "payments"])
def test_either_part_that_was_not_read_leaves_it_unchecked(part: str) -> None:
    parts = {
        "credit_grants": [grant(settlement="pending")],
        "payments": [top_up("processing")],
        part: UNKNOWN,
    }

    assert unread(account(**parts), "credit_not_settled") == (part,)


@pytest.mark.parametrize(
    "credit",
    [
        grant(kind="free", expires_at=days_ago(1)),
        grant(kind="free", remaining=1, expires_at=days_ago(1)),
        grant(kind="free", voided_at=days_ago(1)),
        {
            name: part
            for name, part in grant(kind="free", expires_at=days_ago(1)).items()
            if name != "remaining"
        },
    ],
)
def test_a_free_credit_that_ran_out_is_possible(credit: dict[str, Any]) -> None:
    assert verdict(account(credit_grants=[credit]), "free_credit_expired") == "possible"


@pytest.mark.parametrize(
    "credit",
    [
        grant(kind="purchased", expires_at=days_ago(1)),
        grant(kind="free", remaining=0, expires_at=days_ago(1)),
        grant(kind="free", expires_at=days_ago(0)),
        grant(kind="free", expires_at=days_ago(-1)),
        grant(kind="free"),
    ],
)
def test_credits_that_are_used_up_or_still_there_did_not_run_out(credit: dict[str, Any]) -> None:
    asked = account(credit_grants=[credit])

    assert verdict(asked, "free_credit_expired") == "ruled out"
    assert expired_free_grants(asked, NOW) == ()


def test_grants_that_were_not_read_are_unchecked() -> None:
    asked = account(credit_grants=UNKNOWN)

    assert unread(asked, "free_credit_expired") == ("credit_grants",)
    assert expired_free_grants(asked, NOW) is UNKNOWN
    assert unsettled_grants(asked, NOW) is UNKNOWN
