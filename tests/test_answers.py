"""Whole answers, from the text of a message to what the customer reads."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import jsonschema
import pytest

from supportbot.account import UNKNOWN
from supportbot.accounts.demo import demo_records
from supportbot.accounts.source import AccountSource
from supportbot.bot import Bot
from supportbot.conversation import Utterance
from supportbot.diagnosis import CAUSES
from supportbot.errors import SourceUnavailable
from supportbot.render import to_json
from supportbot.snapshot import EVERY_PART
from tests.conftest import Ask
from tests.grounding import misnumbered, ungrounded, unsaid
from tests.records import NOW

ACCOUNTS = [account.id for account in demo_records()]


def first_questions(bot: Bot) -> dict[str, str]:
    return {slug: article.asked_as[0] for slug, article in bot.library.articles.items()}


@pytest.mark.parametrize("account", [None, *ACCOUNTS])
def test_every_figure_has_a_ground_and_every_ground_a_figure(
    demo_bot: Bot, ask: Ask, account: str | None
) -> None:
    for slug, question in first_questions(demo_bot).items():
        answer = ask(question, account)

        assert ungrounded(answer) == [], (slug, answer["text"])
        assert unsaid(answer) == [], (slug, answer["text"])
        assert misnumbered(answer) == [], (slug, answer["text"])


@pytest.mark.parametrize("account", ACCOUNTS)
def test_quotes_are_verbatim_runs_of_the_documentation(
    demo_bot: Bot, ask: Ask, account: str
) -> None:
    folder = demo_bot.library.folder / "docs"

    for question in first_questions(demo_bot).values():
        for citation in ask(question, account)["citations"]:
            if citation["kind"] == "doc":
                file = folder / f"{citation['article']}.md"
                assert citation["quote"] in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("account", [None, *ACCOUNTS])
def test_a_question_of_blocked_access_sorts_every_cause_into_one_list(
    ask: Ask, account: str | None
) -> None:
    answer = ask("why do my calls fail although I have credits?", account)

    found = [finding["cause"] for finding in answer["findings"]]
    assert answer["intents"][0]["name"] == "access_blocked"
    assert sorted((*found, *answer["ruled_out"], *answer["unchecked"])) == sorted(CAUSES)
    for causes in (found, answer["ruled_out"], answer["unchecked"]):
        assert causes == sorted(causes, key=CAUSES.index)


def test_answers_keep_to_the_published_schema(
    demo_bot: Bot, ask: Ask, answer_schema: dict[str, Any]
) -> None:
    for account in (None, *ACCOUNTS):
        for question in first_questions(demo_bot).values():
            jsonschema.validate(ask(question, account), answer_schema)


def test_the_same_question_on_the_same_record_gives_the_same_bytes(ask: Ask) -> None:
    once, again = (ask("what is my balance?", "willow") for _ in range(2))

    assert once == again


def test_another_instant_is_another_answer(ask: Ask) -> None:
    now, later = (
        ask("what is my balance?", "willow", at=NOW + timedelta(hours=hours)) for hours in (0, 1)
    )

    assert now["id"] != later["id"]
    assert now["text"] == later["text"]


def test_a_member_hears_the_cause_without_card_ending_or_pay_link(ask: Ask) -> None:
    member = demo_member("northwind", "member")

    seen = ask("why does access fail although I have credits?", "northwind", user=member)

    assert "$312.40" in seen["text"]
    assert "4242" not in str(seen)
    assert "pay.example.com" not in str(seen)
    assert "owner, an admin or a billing member" in seen["text"]


@pytest.mark.parametrize("role", ["owner", "admin", "billing"])
def test_those_with_billing_rights_see_card_and_link(ask: Ask, role: str) -> None:
    seen = ask(
        "why does access fail although I have credits?",
        "northwind",
        user=demo_member("northwind", role),
    )

    assert "4242" in seen["text"]
    assert "https://pay.example.com" in seen["text"]


def test_somebody_who_is_no_member_counts_as_one_without_rights(ask: Ask) -> None:
    seen = ask(
        "why does access fail although I have credits?",
        "northwind",
        user="stranger@elsewhere.example",
    )

    assert "4242" not in str(seen)


def test_a_claim_in_the_text_does_not_select_an_account(ask: Ask) -> None:
    answer = ask("I am account northwind, what is my balance?")

    assert not [c for c in answer["citations"] if c["kind"] == "account"]


def test_another_accounts_invoice_is_not_looked_up(ask: Ask) -> None:
    answer = ask("what is the amount of invoice INV-2041?", "brightside")

    assert "$312.40" not in answer["text"]
    assert "do not find" in answer["text"]


def test_an_account_that_is_not_there_is_said_to_be_unread(ask: Ask) -> None:
    answer = ask("what is my balance?", "nosuch")

    assert answer["degraded"] == ["account"]
    assert "could not read your account" in answer["text"]
    assert ungrounded(answer) == []


class BrokenAccounts:
    """A source that is down."""

    def load(self, account_id: str, parts: frozenset[str] = EVERY_PART) -> Any:
        raise SourceUnavailable("connection to 10.0.0.7:5432 refused")


def test_when_accounts_are_down_the_documentation_is_still_given(demo_bot: Bot) -> None:
    source: AccountSource = BrokenAccounts()
    bot = replace(demo_bot, accounts=source)

    answer = to_json(bot.answer(Utterance("do credits expire?", NOW, account="northwind")))

    assert answer["degraded"] == ["account"]
    assert "no expiration date" in answer["text"]
    assert "10.0.0.7" not in str(answer)


def test_a_card_number_goes_no_further(demo_bot: Bot, ask: Ask) -> None:
    answer = ask("4111 1111 1111 1111 was declined, why?", "alpenglow", conversation="pan")

    stored = demo_bot.store.turns(answer["conversation"])
    assert "1111" not in str(answer)
    assert "1111" not in str(stored)
    assert "removed a card number" in answer["text"]


def test_a_hand_off_tells_the_person_what_was_asked(ask: Ask) -> None:
    answer = ask("I want to talk to a human being")

    assert answer["outcome"] == "handoff"
    assert answer["handoff"]["reason"] == "requested"
    assert "human being" in answer["handoff"]["summary"]


def test_after_two_misunderstandings_a_person_is_brought_in(ask: Ask) -> None:
    first = ask("🙂🙂", "brightside", conversation="x")
    second = ask("🤔", "brightside", conversation="x")

    assert first["outcome"] == "clarify"
    assert second["outcome"] == "handoff"
    assert second["handoff"]["reason"] == "unsure"


def test_an_offer_of_a_person_can_be_accepted(ask: Ask) -> None:
    offered = ask("can I get a refund?", "brightside", conversation="x")
    accepted = ask("yes please", "brightside", conversation="x")

    assert offered["outcome"] == "not_covered"
    assert accepted["outcome"] == "handoff"


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_nothing_asked_is_answered_with_what_can_be_asked(ask: Ask, text: str) -> None:
    answer = ask(text)

    assert answer["outcome"] == "empty"
    assert answer["suggestions"]


@pytest.mark.parametrize(
    "text", ["x", "?", "🙂", "\x00\x01\x02", "‮abc", "שלום, מה היתרה שלי?", "a" * 4000, "$" * 4000]
)
def test_any_text_gets_a_sensible_reply(ask: Ask, text: str) -> None:
    assert ask(text, "brightside")["text"]


def test_a_text_of_over_4000_characters_is_asked_for_in_short(ask: Ask) -> None:
    answer = ask("what is my balance? " * 201, "brightside")

    assert answer["outcome"] == "clarify"
    assert "too long" in answer["text"]


def test_nothing_of_a_text_that_is_too_long_is_kept(demo_bot: Bot, ask: Ask) -> None:
    halved = "x" * 3990 + " 4111 1111 1111 1111"

    answer = ask(halved, "brightside", conversation="long")

    (turn,) = demo_bot.store.turns(answer["conversation"])
    assert "4111" not in turn.text
    assert answer["intents"] == []


def test_another_language_is_answered_in_that_language_with_an_offer(ask: Ask) -> None:
    answer = ask("Wie hoch ist mein Guthaben und wann läuft es ab?", "brightside")

    assert answer["outcome"] == "clarify"
    assert "Englisch" in answer["text"]


def demo_member(account_id: str, role: str) -> str:
    (account,) = [each for each in demo_records() if each.id == account_id]
    assert account.members is not UNKNOWN
    return next(member.email for member in account.members if member.role == role)


def test_what_was_asked_about_is_remembered_until_something_else_is(ask: Ask) -> None:
    def after(*texts: str) -> Any:
        named = "-".join(texts)
        answers = [
            ask(text, conversation=named, at=NOW + timedelta(minutes=n))
            for n, text in enumerate(texts)
        ]
        return [intent["name"] for intent in answers[-1]["intents"]]

    assert after("where do I set a spending cap", "thanks", "what's mine currently") == [
        "balance_limit"
    ]
    assert after("where do I set a spending cap", "do credits expire", "mine too?") == [
        "credit_expiry"
    ]
