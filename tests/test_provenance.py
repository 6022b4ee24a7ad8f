"""Where a figure was read stands beside it, and what sources do not agree on is said."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from supportbot.account import Account, Balance, PaymentMethod
from supportbot.accounts.memory import MemoryAccounts
from supportbot.accounts.side_by_side import SideBySide
from supportbot.bot import Bot
from supportbot.conversation import Utterance
from supportbot.drafting import as_json, draft, for_the_agent
from supportbot.errors import SourceUnavailable
from supportbot.render import to_json
from supportbot.snapshot import EVERY_PART, Snapshot, whole
from tests.records import NOW, account

EARLIER = NOW - timedelta(minutes=3)
BALANCE = "What is my balance?"


class Fixed:
    """A source with one reading, or one error."""

    def __init__(self, outcome: Snapshot | Exception) -> None:
        self.outcome = outcome
        self.parts: list[frozenset[str]] = []

    def load(self, account_id: str, parts: frozenset[str] = EVERY_PART) -> Snapshot:
        self.parts.append(parts)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def said(source: str, **parts: object) -> Fixed:
    blank = Account("northwind", "Northwind Traders", "USD", EARLIER)
    return Fixed(whole(replace(blank, **parts), source))  # type: ignore[arg-type]


def answered(bot: Bot, text: str, sources: Mapping[str, Any]) -> dict[str, Any]:
    joined = SideBySide(sources)
    answer = replace(bot, accounts=joined).answer(Utterance(text, NOW, account="northwind"))
    joined.close()
    return to_json(answer)


def cited(answer: Mapping[str, Any], record: str) -> dict[str, Any]:
    return next(each for each in answer["citations"] if each.get("record") == record)


def test_each_figure_keeps_its_own_source_and_time(demo_bot: Bot) -> None:
    card = PaymentMethod("pm_1", "card", "visa", "4242", "prepaid", default=True)
    http = Fixed(whole(replace(account(), payment_methods=UNREAD), "http"))
    sources = {"http": http, "stripe": said("stripe", payment_methods=(card,))}

    balance = answered(demo_bot, BALANCE, sources)
    prepaid = answered(demo_bot, "is my card a prepaid card?", sources)

    assert cited(balance, "balance")["source"] == "http"
    assert cited(prepaid, "payment_method")["source"] == "stripe"
    assert cited(prepaid, "payment_method")["as_of"] == "2026-11-23T08:57:00Z"


UNREAD: Any = Account("x", "x", "USD", NOW).payment_methods


def test_a_disagreement_on_a_figure_that_is_told_is_told_too(demo_bot: Bot) -> None:
    sources = {
        "http": said("http", balance=Balance(12000)),
        "lago": said("lago", balance=Balance(9000)),
    }

    answer = answered(demo_bot, BALANCE, sources)

    assert "$120.00" in answer["text"]
    assert "do not agree on your balance; this answer uses our account service" in answer["text"]
    assert "$90.00" not in answer["text"]


def test_a_disagreement_on_something_else_is_not(demo_bot: Bot) -> None:
    sources = {
        "http": said("http", balance=Balance(12000), tier="scale"),
        "lago": said("lago", tier="build_1"),
    }

    assert "do not agree" not in answered(demo_bot, BALANCE, sources)["text"]


def test_a_diagnosis_tells_every_disagreement(demo_bot: Bot) -> None:
    sources = {
        "http": said("http", balance=Balance(12000), status="active"),
        "lago": said("lago", status="suspended"),
    }

    answer = answered(demo_bot, "why do my api calls fail although I have credits?", sources)

    assert "do not agree on your account's status" in answer["text"]


def test_a_balance_that_lags_says_so(demo_bot: Bot) -> None:
    lagging = whole(replace(account(), balance=Balance(700)), "stripe")
    origin = replace(lagging.origins["balance"], caveat="usage_not_deducted")
    stripe = Fixed(replace(lagging, origins={**lagging.origins, "balance": origin}))

    answer = answered(demo_bot, BALANCE, {"stripe": stripe})

    assert "Usage that has not been billed yet is not taken off this balance" in answer["text"]


def test_a_source_that_is_down_takes_only_its_own_parts_with_it(demo_bot: Bot) -> None:
    sources = {
        "http": said("http", balance=Balance(12000)),
        "stripe": Fixed(SourceUnavailable("connect to 10.1.2.3 timed out")),
    }

    balance = answered(demo_bot, BALANCE, sources)
    invoices = answered(demo_bot, "do I have unpaid invoices?", sources)

    assert "$120.00" in balance["text"]
    assert "invoices" in invoices["degraded"]
    assert "could not read your invoices" in invoices["text"]
    assert "10.1.2.3" not in str((balance, invoices))


def test_only_what_the_question_needs_is_asked_for(demo_bot: Bot) -> None:
    source = said("http", balance=Balance(12000))

    answered(demo_bot, BALANCE, {"http": source})
    answered(demo_bot, "thanks!", {"http": source})

    assert len(source.parts) == 1
    assert "balance" in source.parts[0]
    assert not source.parts[0] & {"invoices", "payments", "payment_methods", "api_keys"}


@pytest.mark.parametrize("wanted", ["balance.total", "http says $120.00", "lago says $90.00"])
def test_an_agent_sees_both_figures(demo_bot: Bot, wanted: str) -> None:
    joined = SideBySide(
        {
            "http": said("http", balance=Balance(12000)),
            "lago": said("lago", balance=Balance(9000)),
            "stripe": Fixed(SourceUnavailable("stripe is down")),
        }
    )
    made = draft(replace(demo_bot, accounts=joined), Utterance(BALANCE, NOW, account="northwind"))
    joined.close()

    assert wanted in for_the_agent(made)
    assert "stripe is down" in for_the_agent(made)
    assert any(wanted in line for line in as_json(made)["troubles"])
    assert "$90.00" not in made.reply


def test_a_source_that_says_nothing_of_itself_is_named_by_its_setting(demo_bot: Bot) -> None:
    sources = {"database": MemoryAccounts({"northwind": account()}, "database")}

    assert cited(answered(demo_bot, BALANCE, sources), "balance")["source"] == "database"
