"""Suspended accounts, past-due invoices, and credits bought after them."""

from typing import Any

import pytest

from supportbot.account import UNKNOWN
from supportbot.diagnosis import past_due_invoices, purchased_after_invoice
from tests.diagnosis_records import (
    days_ago,
    error,
    finding,
    grant,
    ids,
    invoice,
    payment,
    unread,
    verdict,
)
from tests.records import NOW, account


def test_a_suspended_account_is_certain() -> None:
    assert verdict(account(status="suspended"), "account_suspended") == "certain"


def test_an_active_account_is_not_suspended_whatever_the_reason_field_says() -> None:
    asked = account(status="active", status_reason="review")

    assert verdict(asked, "account_suspended") == "ruled out"


def test_a_reason_without_a_status_is_unchecked() -> None:
    asked = account(status=UNKNOWN, status_reason="review")

    assert unread(asked, "account_suspended") == ("status",)


@pytest.mark.parametrize(
    "owed",
    [
        invoice(),
        invoice(status="uncollectible", attempts=0),
        invoice(collection="send_invoice", due_at=days_ago(0.01), attempts=0),
        {name: part for name, part in invoice(due_at=days_ago(1)).items() if name != "collection"},
        invoice(amount_remaining=1),
    ],
)
def test_an_invoice_is_past_due(owed: dict[str, Any]) -> None:
    assert verdict(account(invoices=[owed]), "past_due_invoice") == "likely"


@pytest.mark.parametrize(
    "owed",
    [
        invoice(amount_remaining=0),
        invoice(amount_remaining=-100),
        invoice(status="uncollectible", amount_remaining=0),
        invoice(status="paid"),
        invoice(status="void"),
        invoice(status="draft"),
        invoice(status="draft", collection="send_invoice", due_at=days_ago(5)),
        invoice(attempts=0),
        invoice(attempts=0, due_at=days_ago(5)),
        {name: part for name, part in invoice(due_at=days_ago(5)).items() if name != "attempts"},
        invoice(collection="send_invoice"),
        invoice(collection="send_invoice", due_at=days_ago(0)),
        invoice(collection="send_invoice", due_at=days_ago(-1)),
        {name: part for name, part in invoice().items() if name != "collection"},
    ],
)
def test_an_invoice_is_not_past_due(owed: dict[str, Any]) -> None:
    assert verdict(account(invoices=[owed]), "past_due_invoice") == "ruled out"


@pytest.mark.parametrize("status", ["open", "uncollectible"])
def test_a_payment_under_way_keeps_an_invoice_from_being_past_due(status: str) -> None:
    asked = account(invoices=[invoice(status=status)], payments=[payment("processing")])

    assert verdict(asked, "past_due_invoice") == "ruled out"


def test_a_payment_under_way_for_another_invoice_does_not() -> None:
    asked = account(invoices=[invoice()], payments=[payment("processing", invoice="in_2")])

    assert verdict(asked, "past_due_invoice") == "likely"


def test_payments_that_were_not_read_are_none_under_way() -> None:
    assert verdict(account(invoices=[invoice()], payments=UNKNOWN), "past_due_invoice") == "likely"


def test_the_platforms_reason_makes_it_certain() -> None:
    asked = account(invoices=[invoice()], status_reason="past_due", status=UNKNOWN)

    assert verdict(asked, "past_due_invoice") == "certain"


def test_payment_required_makes_it_certain() -> None:
    asked = account(invoices=[invoice()], last_error=error(402))

    assert verdict(asked, "past_due_invoice") == "certain"


def test_an_old_payment_required_does_not() -> None:
    asked = account(invoices=[invoice()], last_error=error(402) | {"at": days_ago(8)})

    assert verdict(asked, "past_due_invoice") == "likely"


def test_the_reason_alone_makes_no_invoice_past_due() -> None:
    asked = account(invoices=[], status_reason="past_due", last_error=error(402))

    assert verdict(asked, "past_due_invoice") == "ruled out"


def test_invoices_that_were_not_read_are_unchecked() -> None:
    asked = account(invoices=UNKNOWN, status_reason="past_due", last_error=error(402))

    assert unread(asked, "past_due_invoice") == ("invoices",)
    assert unread(asked, "credits_after_invoice") == ("invoices",)
    assert past_due_invoices(asked, NOW) is UNKNOWN


def test_past_due_invoices_come_oldest_first_and_undated_ones_last() -> None:
    asked = account(
        invoices=[
            invoice(id="undated", issued_at=None),
            invoice(id="young", issued_at=days_ago(5)),
            invoice(id="old", issued_at=days_ago(50)),
        ]
    )

    assert ids(finding(asked, "past_due_invoice")) == ["old", "young", "undated"]


def test_credits_bought_after_a_past_due_invoice_are_certain_and_part_of_its_story() -> None:
    asked = account(invoices=[invoice()], credit_grants=[grant()])

    found = finding(asked, "credits_after_invoice")

    assert found.grade == "certain"
    assert found.story
    assert ids(found) == ["cg_1"]


@pytest.mark.parametrize(
    "credit",
    [
        grant(kind="free"),
        grant(voided_at=days_ago(1)),
        grant(settlement="failed"),
        grant(created_at=days_ago(20)),
        grant(created_at=days_ago(30)),
        {name: part for name, part in grant().items() if name != "created_at"},
    ],
)
def test_other_credits_do_not_count_as_bought_after_it(credit: dict[str, Any]) -> None:
    asked = account(invoices=[invoice()], credit_grants=[credit])

    assert verdict(asked, "credits_after_invoice") == "ruled out"


def test_pending_credits_and_credits_without_a_settlement_count() -> None:
    unsettled = {name: part for name, part in grant(id="cg_2").items() if name != "settlement"}
    asked = account(invoices=[invoice()], credit_grants=[grant(settlement="pending"), unsettled])

    assert ids(finding(asked, "credits_after_invoice")) == ["cg_1", "cg_2"]


def test_credits_bought_after_any_past_due_invoice_count() -> None:
    young = invoice(id="in_2", issued_at=days_ago(1))
    asked = account(invoices=[young, invoice()], credit_grants=[grant()])

    assert verdict(asked, "credits_after_invoice") == "certain"


def test_an_invoice_without_an_issue_date_has_no_after() -> None:
    asked = account(invoices=[invoice(issued_at=None)], credit_grants=[grant()])

    assert verdict(asked, "credits_after_invoice") == "ruled out"


def test_credits_after_a_paid_invoice_are_nothing_special() -> None:
    paid = invoice(status="paid", amount_remaining=0)
    asked = account(invoices=[paid], credit_grants=[grant()])

    assert verdict(asked, "credits_after_invoice") == "ruled out"
    assert purchased_after_invoice(asked, NOW) == ()


def test_credits_that_were_not_read_are_unchecked_even_without_a_past_due_invoice() -> None:
    asked = account(invoices=[], credit_grants=UNKNOWN)

    assert unread(asked, "credits_after_invoice") == ("credit_grants",)
