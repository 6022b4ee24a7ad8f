"""Payments that wait or failed, and the card that they were made with."""

from datetime import datetime
from typing import Any

import pytest

from supportbot.account import UNKNOWN
from supportbot.diagnosis import declined_payments, default_card, diagnose, pending_authorizations
from tests.diagnosis_records import (
    card,
    days_ago,
    finding,
    ids,
    invoice,
    known,
    payment,
    top_up,
    unread,
    verdict,
)
from tests.records import account

CAUSES = {"requires_action": "bank_authorization_pending", "failed": "payment_declined"}
both = pytest.mark.parametrize(("status", "cause"), list(CAUSES.items()))


@both
def test_a_payment_that_came_to_nothing_is_certain(status: str, cause: str) -> None:
    assert verdict(account(payments=[payment(status)]), cause) == "certain"


@both
def test_other_payments_are_no_cause(status: str, cause: str) -> None:
    payments = [payment(other) for other in ("succeeded", "processing", "canceled")]

    assert verdict(account(payments=payments), cause) == "ruled out"


@both
def test_a_later_payment_of_the_same_invoice_makes_good(status: str, cause: str) -> None:
    paid = payment("succeeded", id="py_9", created_at=days_ago(2))

    assert verdict(account(payments=[payment(status), paid]), cause) == "ruled out"


@both
def test_a_later_top_up_makes_good_an_earlier_one(status: str, cause: str) -> None:
    paid = top_up("succeeded", created_at=days_ago(2))

    assert verdict(account(payments=[paid, top_up(status)]), cause) == "ruled out"


@both
@pytest.mark.parametrize(
    "other",
    [
        {"created_at": days_ago(3)},
        {"created_at": days_ago(4)},
        {"created_at": days_ago(2), "invoice": "in_2"},
        {"created_at": days_ago(2), "invoice": None},
        {"created_at": days_ago(2), "purpose": "top_up"},
        {"created_at": days_ago(2), "status": "processing"},
    ],
)
def test_an_earlier_or_another_payment_does_not(
    status: str, cause: str, other: dict[str, Any]
) -> None:
    asked = account(payments=[payment(status), payment("succeeded", id="py_9") | other])

    assert verdict(asked, cause) == "certain"


@both
def test_without_a_time_no_payment_is_later(status: str, cause: str) -> None:
    undated = {name: part for name, part in payment(status).items() if name != "created_at"}
    success = payment("succeeded", created_at=days_ago(1))
    dateless = {name: part for name, part in success.items() if name != "created_at"}

    assert verdict(account(payments=[undated, success]), cause) == "certain"
    assert verdict(account(payments=[payment(status), dateless]), cause) == "certain"


@both
def test_payments_that_were_not_read_are_unchecked(status: str, cause: str) -> None:
    asked = account(payments=UNKNOWN)

    assert unread(asked, cause) == ("payments",)
    assert declined_payments(asked) is UNKNOWN
    assert pending_authorizations(asked) is UNKNOWN


@pytest.mark.parametrize("status", ["paid", "void"])
def test_a_declined_payment_of_a_settled_invoice_no_longer_matters(status: str) -> None:
    settled = invoice(status=status, amount_remaining=0)
    asked = account(invoices=[settled], payments=[payment("failed")])

    assert verdict(asked, "payment_declined") == "ruled out"


def test_a_bank_authorization_for_a_settled_invoice_is_still_pending() -> None:
    settled = invoice(status="paid", amount_remaining=0)
    asked = account(invoices=[settled], payments=[payment("requires_action")])

    assert verdict(asked, "bank_authorization_pending") == "certain"


@pytest.mark.parametrize("invoices", [UNKNOWN, [], [invoice(status="draft")]])
def test_a_declined_payment_matters_unless_its_invoice_is_known_to_be_settled(
    invoices: object,
) -> None:
    asked = account(invoices=invoices, payments=[payment("failed")])

    assert verdict(asked, "payment_declined") == "certain"


def test_the_payment_of_the_past_due_invoice_comes_first_then_the_newest() -> None:
    payments = [
        top_up("failed", id="older", created_at=days_ago(9)),
        top_up("failed", id="newer", created_at=days_ago(1)),
        payment("failed", id="of_the_invoice", created_at=days_ago(12)),
    ]
    asked = account(invoices=[invoice()], payments=payments)

    found = finding(asked, "payment_declined")

    assert ids(found) == ["of_the_invoice", "newer", "older"]
    assert found.story


@both
def test_a_payment_of_something_else_stands_on_its_own(status: str, cause: str) -> None:
    asked = account(invoices=[invoice()], payments=[top_up(status)])

    assert not finding(asked, cause).story


@both
def test_a_bad_card_is_part_of_the_story_when_the_payment_is(status: str, cause: str) -> None:
    bad = card(funding="prepaid", exp_year=2020)
    asked = account(invoices=[invoice()], payments=[payment(status)], payment_methods=[bad])

    assert finding(asked, "prepaid_card").story
    assert finding(asked, "card_expired").story


def test_a_bad_card_stands_on_its_own_when_no_payment_tells_of_it() -> None:
    bad = card(funding="prepaid", exp_year=2020)
    asked = account(invoices=[invoice()], payments=[top_up("failed")], payment_methods=[bad])

    assert not finding(asked, "prepaid_card").story
    assert not finding(asked, "card_expired").story


def test_the_default_card_is_the_marked_one() -> None:
    asked = account(payment_methods=[card(id="pm_1", default=False), card(id="pm_2")])

    assert default_card(asked) == known(asked.payment_methods)[1]


def test_the_only_card_is_the_default_card() -> None:
    asked = account(payment_methods=[card(default=False)])

    assert default_card(asked) == known(asked.payment_methods)[0]


def test_of_two_marked_cards_the_first_is_taken() -> None:
    asked = account(payment_methods=[card(id="pm_1"), card(id="pm_2")])

    assert default_card(asked) == known(asked.payment_methods)[0]


@pytest.mark.parametrize("cause", ["prepaid_card", "card_expired"])
def test_several_cards_and_none_marked_are_unchecked(cause: str) -> None:
    bad = card(funding="prepaid", exp_year=2020, default=False)
    asked = account(payment_methods=[bad, bad | {"id": "pm_2"}])

    assert default_card(asked) is UNKNOWN
    assert unread(asked, cause) == ("payment_methods.default",)


@pytest.mark.parametrize("cause", ["prepaid_card", "card_expired"])
def test_no_card_at_all_is_ruled_out(cause: str) -> None:
    asked = account(payment_methods=[], payments=UNKNOWN)

    assert default_card(asked) is None
    assert verdict(asked, cause) == "ruled out"


@pytest.mark.parametrize("cause", ["prepaid_card", "card_expired"])
def test_cards_that_were_not_read_are_unchecked(cause: str) -> None:
    assert unread(account(payment_methods=UNKNOWN), cause) == ("payment_methods",)


def test_a_prepaid_card_is_certain_without_the_payments() -> None:
    asked = account(payment_methods=[card(funding="prepaid")], payments=UNKNOWN)

    assert verdict(asked, "prepaid_card") == "certain"


@pytest.mark.parametrize("funding", ["credit", "debit"])
def test_a_credit_or_debit_card_is_not_prepaid_whatever_the_bank_said(funding: str) -> None:
    refused = payment("failed", decline_code="card_not_supported")
    asked = account(payment_methods=[card(funding=funding)], payments=[refused])

    assert verdict(asked, "prepaid_card") == "ruled out"


@pytest.mark.parametrize("method", ["pm_1", None])
def test_a_card_of_unknown_kind_that_was_refused_is_possibly_prepaid(method: str | None) -> None:
    unmarked = {name: part for name, part in card().items() if name != "funding"}
    refused = payment("failed", decline_code="card_not_supported", method=method)

    asked = account(payment_methods=[unmarked], payments=[refused])

    assert verdict(asked, "prepaid_card") == "possible"
    assert ids(finding(asked, "prepaid_card")) == ["pm_1", "py_1"]


@pytest.mark.parametrize(
    "other",
    [{"method": "pm_2"}, {"decline_code": "insufficient_funds"}, {"status": "canceled"}],
)
def test_a_card_of_unknown_kind_is_not_prepaid_for_other_reasons(other: dict[str, Any]) -> None:
    refused = payment("failed", decline_code="card_not_supported") | other
    asked = account(payment_methods=[card(funding="unknown")], payments=[refused])

    assert verdict(asked, "prepaid_card") == "ruled out"


def test_a_card_of_unknown_kind_without_the_payments_is_unchecked() -> None:
    asked = account(payment_methods=[card(funding="unknown")], payments=UNKNOWN)

    assert unread(asked, "prepaid_card") == ("payments",)


@pytest.mark.parametrize(
    ("timezone", "at", "expired"),
    [
        ("UTC", "2026-10-31T23:59:59Z", False),
        ("UTC", "2026-11-01T00:00:00Z", True),
        ("Pacific/Auckland", "2026-10-31T11:30:00Z", True),
        ("America/Los_Angeles", "2026-11-01T06:30:00Z", False),
        ("America/Los_Angeles", "2026-11-01T07:00:00Z", True),
    ],
)
def test_a_card_expires_with_its_month_on_the_customers_clock(
    timezone: str, at: str, expired: bool
) -> None:
    cards = [card(exp_month=10, exp_year=2026)]
    found = diagnose(
        account(timezone=timezone, payment_methods=cards), datetime.fromisoformat(at)
    ).findings

    assert ("card_expired" in [one.cause for one in found]) == expired


def test_a_card_of_december_lasts_until_the_new_year() -> None:
    last_year, this_month = card(exp_month=12, exp_year=2025), card(exp_month=11, exp_year=2026)

    assert verdict(account(payment_methods=[last_year]), "card_expired") == "certain"
    assert verdict(account(payment_methods=[this_month]), "card_expired") == "ruled out"


@pytest.mark.parametrize("name", ["exp_month", "exp_year"])
def test_a_card_without_its_date_is_not_expired(name: str) -> None:
    cards = [{field: part for field, part in card(exp_year=2020).items() if field != name}]

    assert verdict(account(payment_methods=cards), "card_expired") == "ruled out"
