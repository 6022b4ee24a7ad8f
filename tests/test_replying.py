"""Replies on random accounts: whatever the record, no figure without its ground."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supportbot.account import Account
from supportbot.conversation import Context
from supportbot.diagnosis import CAUSES
from supportbot.knowledge.library import Library
from supportbot.render import to_json
from supportbot.reply import Question, Reading
from supportbot.replying import reply_to
from supportbot.settings import read_settings
from supportbot.snapshot import whole
from supportbot.understanding.matcher import Heard
from supportbot.wiring import knowledge_folder
from tests.grounding import misnumbered, ungrounded, unsaid
from tests.records import NOW, account
from tests.strategies import accounts

LIBRARY = Library(knowledge_folder(read_settings({}, None)))


def replied(slugs: list[str], reading: Reading) -> dict[str, Any]:
    questions = [
        Question(Heard(slug, article.intent, 0.9, ""), article)
        for slug in slugs
        for article in [LIBRARY.article(slug)]
    ]
    reply = reply_to(questions, LIBRARY.passages, reading, NOW, Context(), "?")
    return to_json(reply.signed("ans_", "cnv_", NOW))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    about=accounts,
    slugs=st.lists(st.sampled_from(sorted(LIBRARY.files)), min_size=1, max_size=3, unique=True),
    sees_billing=st.booleans(),
)
def test_no_record_gives_a_figure_without_its_ground(
    about: Account, slugs: list[str], sees_billing: bool
) -> None:
    answer = replied(slugs, Reading(whole(about, "memory"), sees_billing=sees_billing))

    assert ungrounded(answer) == [], answer["text"]
    assert unsaid(answer) == [], answer["text"]
    assert misnumbered(answer) == [], answer["text"]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(about=accounts)
def test_every_cause_is_in_one_list_and_what_was_not_read_is_said(about: Account) -> None:
    answer = replied(["access-blocked"], Reading(whole(about, "memory")))

    found = [finding["cause"] for finding in answer["findings"]]
    assert sorted((*found, *answer["ruled_out"], *answer["unchecked"])) == sorted(CAUSES)
    assert ("I could not" in answer["text"]) == bool(answer["unchecked"])


def test_several_answers_have_their_questions_as_titles() -> None:
    answer = replied(["credit-expiry", "account-balance"], Reading(whole(account(), "memory")))

    assert answer["text"].startswith("**Do credits expire?**\n\n")
    assert "**What is my balance?**" in answer["text"]


def test_an_answer_and_a_refusal_together_are_an_answer() -> None:
    answer = replied(
        ["account-balance", "not-covered-refunds"], Reading(whole(account(), "memory"))
    )

    assert answer["outcome"] == "answered"
    assert [each["name"] for each in answer["intents"]] == [
        "account_balance",
        "in_domain_not_covered",
    ]
