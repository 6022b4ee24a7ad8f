"""Which causes a customer hears of, and in which order."""

import pytest

from supportbot.account import UNKNOWN, Account
from supportbot.diagnosis import CAUSES, Diagnosis, Finding, diagnose, telling_order
from supportbot.diagnosis.verdicts import Grade
from tests.diagnosis_records import card, days_ago, error, grant, invoice, payment, top_up
from tests.records import NOW, account


def told(asked: Account) -> list[str]:
    return [one.cause for one in telling_order(diagnose(asked, NOW))]


def found(*causes: tuple[str, Grade]) -> Diagnosis:
    return Diagnosis(tuple(Finding(cause, grade) for cause, grade in causes), (), ())


def test_a_healthy_account_has_nothing_to_tell_and_every_cause_ruled_out() -> None:
    diagnosis = diagnose(account(), NOW)

    assert diagnosis == Diagnosis((), CAUSES, ())
    assert telling_order(diagnosis) == ()


def test_an_account_of_which_nothing_was_read_is_all_unchecked() -> None:
    bare = Account(id="x", name="X", currency="USD", as_of=NOW)

    diagnosis = diagnose(bare, NOW)

    assert tuple(one.cause for one in diagnosis.unchecked) == CAUSES
    assert all(one.parts for one in diagnosis.unchecked)


def test_there_are_twenty_two_causes_in_the_order_of_the_table() -> None:
    assert len(CAUSES) == 22
    assert CAUSES[:5] == (
        "service_incident",
        "key_revoked",
        "key_of_other_account",
        "account_suspended",
        "past_due_invoice",
    )
    assert CAUSES[-2:] == ("rate_limited", "request_rejected")


def test_the_past_due_invoice_is_told_with_its_story_before_anything_else_about_billing() -> None:
    asked = account(
        status="suspended",
        invoices=[invoice()],
        payments=[payment("failed"), top_up("processing")],
        payment_methods=[card(funding="prepaid", exp_year=2020)],
        credit_grants=[grant()],
        lifetime_purchased=0,
    )

    assert told(asked) == [
        "past_due_invoice",
        "credits_after_invoice",
        "prepaid_card",
        "card_expired",
        "payment_declined",
        "account_suspended",
        "no_purchase_yet",
        "credit_not_settled",
    ]


def test_a_declined_top_up_is_told_among_the_certain_ones() -> None:
    asked = account(
        status="suspended", invoices=[invoice()], payments=[top_up("failed")], credit_grants=[]
    )

    assert told(asked) == ["past_due_invoice", "account_suspended", "payment_declined"]


def test_a_certain_incident_is_told_before_the_invoice_and_a_possible_one_after_it() -> None:
    incidents = [{"id": "inc_1", "service": "inference", "state": "open"}]
    certain, possible = (
        account(
            incidents=incidents,
            invoices=[invoice()],
            status="suspended",
            last_error=last_error,
            credit_grants=[],
        )
        for last_error in (error(503), None)
    )

    assert told(certain) == ["service_incident", "past_due_invoice", "account_suspended"]
    assert told(possible) == ["past_due_invoice", "account_suspended", "service_incident"]


def test_a_likely_revoked_key_is_told_among_the_likely_ones() -> None:
    diagnosis = found(
        ("key_revoked", "likely"),
        ("no_purchase_yet", "certain"),
        ("auto_recharge_failed", "likely"),
    )

    assert [one.cause for one in telling_order(diagnosis)] == [
        "no_purchase_yet",
        "key_revoked",
        "auto_recharge_failed",
    ]


def test_at_most_three_possible_causes_are_told() -> None:
    diagnosis = found(
        ("service_incident", "possible"),
        ("only_free_credits", "possible"),
        ("no_balance", "possible"),
        ("free_credit_expired", "possible"),
    )

    assert [one.cause for one in telling_order(diagnosis)] == [
        "service_incident",
        "only_free_credits",
        "no_balance",
    ]


def test_a_possibly_prepaid_card_in_the_story_does_not_count_among_the_three() -> None:
    asked = account(
        invoices=[invoice()],
        payments=[payment("failed", decline_code="card_not_supported")],
        payment_methods=[card(funding="unknown")],
        incidents=[{"id": "inc_1", "service": "inference", "state": "open"}],
        balance={"total": 0, "purchased": 0, "free": 10},
        credit_grants=[grant(kind="free", expires_at=days_ago(1))],
    )

    assert told(asked) == [
        "past_due_invoice",
        "prepaid_card",
        "payment_declined",
        "service_incident",
        "only_free_credits",
        "no_balance",
    ]


@pytest.mark.parametrize("total", [-(10**6), 0, 10**9])
@pytest.mark.parametrize("grade", ["certain", "likely"])
def test_the_past_due_invoice_comes_first_at_any_balance(total: int, grade: str) -> None:
    asked = account(
        balance={"total": total, "purchased": total, "free": 5},
        invoices=[invoice()],
        status="suspended",
        status_reason="past_due" if grade == "certain" else "review",
        lifetime_purchased=0,
        last_error=UNKNOWN,
    )

    first = telling_order(diagnose(asked, NOW))[0]

    assert (first.cause, first.grade) == ("past_due_invoice", grade)
