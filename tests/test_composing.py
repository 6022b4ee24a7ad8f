"""Sentences are said whole or not at all, and no figure comes without its ground."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supportbot.account import UNKNOWN, Account
from supportbot.answer import AccountCitation, ComputedCitation, DocCitation
from supportbot.composing.assembly import Assembled, assemble
from supportbot.composing.composer import compose, could_not_read
from supportbot.composing.scope import Scope
from supportbot.knowledge.article import parse_article
from supportbot.knowledge.library import Library
from supportbot.settings import read_settings
from supportbot.wiring import knowledge_folder
from tests.records import NOW, account
from tests.strategies import accounts

HEADER = """---
title: A question?
intent: credit_expiry
owner: billing-support
reviewed: 2026-11-20
asked as:
  - a question
{use}---
"""
LIBRARY = Library(knowledge_folder(read_settings({}, None)))


def tell(
    body: str, about: Account | None, *, use: str = "", sees_billing: bool = True
) -> Assembled:
    header = HEADER.format(use=f"use: {use}\n" if use else "")
    article = parse_article(header + body, "test.md", "test")
    scope = Scope(about, NOW, sees_billing) if about else None
    return assemble(compose(article, LIBRARY.passages, scope).paragraphs)


OTHERWISE = "\n## Otherwise\nNothing to say.\n"


def test_a_fact_is_written_together_with_its_citation() -> None:
    told = tell(
        f"## When the balance is known\nYou have {{balance.total}}.\n{OTHERWISE}", account()
    )

    assert told.text == "You have $120.00. [1]"
    assert told.citations == (
        AccountCitation("balance", "northwind", "total", 12000, "$120.00", account().as_of),
    )


def test_a_sentence_whose_fact_is_not_on_the_record_is_left_out() -> None:
    body = (
        f"## When the balance is known\nHello. You spent {{limits.spent_this_period}}.\n{OTHERWISE}"
    )

    told = tell(body, account(limits=UNKNOWN))

    assert told.text == "Hello."


def test_a_clause_whose_fact_is_not_on_the_record_is_left_out_alone() -> None:
    body = (
        "## When the balance is known\n"
        f"You have {{balance.total}}[[, and spent {{limits.spent_this_period}}]].\n{OTHERWISE}"
    )

    assert tell(body, account()).text == "You have $120.00, and spent $42.00. [1][2]"
    assert tell(body, account(limits=UNKNOWN)).text == "You have $120.00. [1]"


def test_the_first_section_that_holds_is_told() -> None:
    body = (
        "## When the balance is below zero\nYou owe.\n"
        "## When the balance is above zero\nYou have.\n"
        "## When the balance is known\nKnown.\n" + OTHERWISE
    )

    assert tell(body, account()).text == "You have."
    assert tell(body, account(balance={"total": -1})).text == "You owe."


def test_all_sections_that_hold_are_told_when_the_article_says_so() -> None:
    body = (
        "## When the balance is above zero\nYou have.\n"
        "## When the balance is known\nKnown.\n" + OTHERWISE
    )

    assert tell(body, account(), use="all that hold").text == "You have.\n\nKnown."


def test_a_part_that_was_not_read_is_named_and_never_guessed() -> None:
    body = "## When the balance is above zero\nYou have.\n" + OTHERWISE
    article = parse_article(HEADER.format(use="") + body, "test.md", "test")

    composed = compose(article, LIBRARY.passages, Scope(account(balance=UNKNOWN), NOW))

    assert composed.unread == ("balance",)
    assert assemble(composed.paragraphs).text == "Nothing to say."
    assert could_not_read(("balance", "limits.negative_limit", "invoices")) == (
        "I could not read your balance, your limits and your invoices just now."
    )


def test_an_anonymous_visitor_hears_the_general_answer() -> None:
    told = tell("## When the balance is known\nYou have {balance.total}.\n" + OTHERWISE, None)

    assert told.text == "Nothing to say."
    assert told.citations == ()


def test_a_passage_is_quoted_word_for_word() -> None:
    told = tell("## Otherwise\nAt least $5. [billing/access#minimum-purchase]\n", None)

    (citation,) = told.citations
    assert isinstance(citation, DocCitation)
    assert "$5" in citation.quote
    assert citation.quote in (LIBRARY.folder / "docs/billing/access.md").read_text("utf-8")


def test_a_sum_is_cited_with_the_figures_that_it_is_made_from() -> None:
    body = (
        "## When the account may go below zero\n"
        "The limit is {limits.negative_limit}. With {balance.total}, {limits.room} is left.\n"
    )

    told = tell(body + OTHERWISE, account(balance={"total": -310}))

    assert told.text == "The limit is $100.00. [1] With -$3.10, $96.90 is left. [2][3]"
    last = told.citations[-1]
    assert isinstance(last, ComputedCitation)
    assert [ground.field for ground in last.inputs] == ["negative_limit", "total"]


def test_a_list_item_is_said_once_for_each_record_item() -> None:
    body = (
        "## When the balance covers every quoted job\nYour jobs:\n"
        "- {quote.kind}: {quote.required_amount}\n" + OTHERWISE
    )
    quotes = [
        {"kind": "fine_tuning", "required_amount": 100},
        {"kind": "evaluation", "required_amount": 250},
    ]

    told = tell(body, account(quotes=quotes))

    assert told.text == (
        "Your jobs:\n\n- fine-tuning job: $1.00 [1][2]\n- evaluation job: $2.50 [3][4]"
    )


def test_a_line_that_announces_a_list_goes_when_the_list_is_empty() -> None:
    body = "## When the balance is known\nYour jobs:\n- {quote.kind}\n\nThat is all.\n" + OTHERWISE

    assert tell(body, account(quotes=[])).text == "That is all."


def test_without_billing_rights_a_card_has_no_ending_and_an_invoice_no_link() -> None:
    body = "## When there is a default card\nYour {card.name} is in use.\n" + OTHERWISE

    shown, hidden = tell(body, account()), tell(body, account(), sees_billing=False)

    assert "ending" in shown.text
    assert hidden.text == "Your default card is in use."


def test_dates_are_those_of_the_customers_own_calendar() -> None:
    late = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
    body = "## When the balance is known\nAs of {account.as_of}.\n" + OTHERWISE

    at_home = tell(body, account(as_of=late, timezone="America/Los_Angeles"))
    at_tokyo = tell(body, account(as_of=late, timezone="Asia/Tokyo"))

    assert at_home.text.startswith("As of Nov 22, 2026.")
    assert at_tokyo.text.startswith("As of Nov 23, 2026.")


def test_text_of_a_record_cannot_become_markup() -> None:
    incident = {
        "id": "i",
        "service": "api",
        "state": "open",
        "summary": "**bad** [pay](https://evil.example) <b>\n{balance.total}",
    }
    body = "## When the service has an incident\nIt is “{incident.summary}”.\n" + OTHERWISE

    told = tell(body, account(incidents=[incident]))

    assert "[pay]" not in told.text
    assert "<" not in told.text
    assert "**" not in told.text
    assert "$" not in told.text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://pay.example", "https://a b", ""])
def test_a_payment_link_that_is_no_plain_https_address_is_not_shown(url: str) -> None:
    invoice: dict[str, Any] = {
        "id": "in_1",
        "number": "INV-1",
        "status": "uncollectible",
        "total": 100,
        "amount_remaining": 100,
        "pay_url": url,
    }
    body = "## When an invoice is past due\nPay {invoice.number}. Here: <{invoice.pay_url}>.\n"

    told = tell(body + OTHERWISE, account(invoices=[invoice]))

    assert told.text == "Pay INV-1. [1]"


def test_the_code_of_a_stolen_card_is_neither_said_nor_cited() -> None:
    payment = {
        "id": "pay_9",
        "purpose": "top_up",
        "amount": 100,
        "status": "failed",
        "decline_code": "stolen_card",
        "created_at": "2026-11-22T00:00:00Z",
    }
    body = "## When a payment was declined\nThe reason: {payment.reason}.\n" + OTHERWISE

    told = tell(body, account(payments=[payment]))

    assert told.text == "The reason: declined by the bank. [1]"
    assert [c.raw for c in told.citations if isinstance(c, AccountCitation)] == [None]


def test_a_past_due_invoice_and_what_explains_it_are_one_item_of_the_list() -> None:
    invoice = {
        "id": "in_9",
        "number": "INV-9",
        "status": "open",
        "total": 100,
        "amount_remaining": 100,
        "collection": "automatic",
        "attempts": 2,
        "issued_at": "2026-11-01T00:00:00Z",
    }
    payment = {
        "id": "pay_9",
        "purpose": "invoice",
        "invoice": "in_9",
        "amount": 100,
        "status": "failed",
        "created_at": "2026-11-02T00:00:00Z",
    }
    article = LIBRARY.article("access-blocked")
    scope = Scope(account(invoices=[invoice], payments=[payment]), NOW)

    told = assemble(compose(article, LIBRARY.passages, scope).paragraphs)

    assert told.text.count("\n- ") == 1
    assert set(told.told) == {"past_due_invoice", "payment_declined"}


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(about=accounts, slug=st.sampled_from(sorted(LIBRARY.files)))
def test_every_article_can_be_told_of_every_account(about: Account, slug: str) -> None:
    article = LIBRARY.article(slug)
    for sees_billing in (True, False):
        scope = Scope(about, NOW, sees_billing)

        told = assemble(compose(article, LIBRARY.passages, scope).paragraphs)

        assert told.text
        shown = [c.shown for c in told.citations if not isinstance(c, DocCitation)]
        assert [each for each in shown if each not in told.text] == []
        cards = [c for c in told.citations if isinstance(c, AccountCitation) and c.field == "last4"]
        assert sees_billing or all(c.record != "payment_method" for c in cards)
