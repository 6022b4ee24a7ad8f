"""When a person is brought in, why, and what they are told of it."""

from dataclasses import replace

import pytest

from supportbot.bot import Bot
from supportbot.conversation import Utterance
from supportbot.drafting import draft
from supportbot.errors import ConfigError, SourceUnavailable
from supportbot.safety import alarm_in
from supportbot.settings import HAND_OVER, read_settings
from supportbot.snapshot import EVERY_PART, Snapshot
from supportbot.wording import ALARMED, PASSED_ON
from tests.api import Api
from tests.conftest import Ask
from tests.console.helping import OWNER, Desk, sign_in
from tests.records import NOW

MISUSED = "somebody used my card on your site, 3 payments last night"


class Down:
    """A source that nobody can ask."""

    def load(self, account_id: str, parts: frozenset[str] = EVERY_PART) -> Snapshot:
        raise SourceUnavailable(f"{account_id} could not be read")


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("can I get a refund?", "not_covered"),
        ("🙂🙂", "unsure"),
        ("दुकान का बिल कहाँ देखूँ?", "language"),
        ("what is my balance?", "requested"),
    ],
)
def test_the_reason_is_what_the_bot_could_not_do_before(ask: Ask, before: str, reason: str) -> None:
    ask(before, "brightside", conversation="x")
    wished = ask("let me talk to a person", "brightside", conversation="x")

    assert wished["outcome"] == "handoff"
    assert wished["handoff"]["reason"] == reason


def test_a_question_without_an_answer_is_the_reason_in_the_same_message_too(ask: Ask) -> None:
    wished = ask("Can I get a refund? And please let me talk to a human.", "brightside")

    assert wished["handoff"]["reason"] == "not_covered"


def test_the_person_is_told_what_the_offer_was_about(ask: Ask) -> None:
    ask("can I get a refund?", "brightside", conversation="x")
    summary = ask("yes please", "brightside", conversation="x")["handoff"]["summary"]

    assert "refund" in summary
    assert summary.endswith("Last message: yes please")


def test_a_reason_ends_with_the_next_answer(ask: Ask) -> None:
    for text in ("can I get a refund?", "what is my balance?"):
        ask(text, "brightside", conversation="x")

    wished = ask("I want a human", "brightside", conversation="x")
    assert wished["handoff"]["reason"] == "requested"


def test_who_cannot_be_shown_their_account_is_offered_a_person(demo_bot: Bot) -> None:
    down = replace(demo_bot, accounts=Down())

    offered = down.answer(Utterance("what is my balance?", NOW, "brightside", conversation="down"))
    accepted = down.answer(Utterance("yes", NOW, "brightside", conversation="down"))

    assert offered.text.endswith("Would you like a person to look at this?")
    assert offered.text.count("Would you like a person") == 1
    assert accepted.handoff is not None
    assert accepted.handoff.reason == "account_unreadable"


@pytest.mark.parametrize(
    "text",
    [
        MISUSED,
        "our api key leaked on GitHub and a stranger ran up $900",
        "My account has been hacked!",
        "two unauthorised payments on my visa",
        "there are charges I never authorized",
        "Somebody else is using our key",
        "a thief bought credits with my card",
    ],
)
def test_misuse_fetches_a_person_unasked_and_is_answered_all_the_same(ask: Ask, text: str) -> None:
    answer = ask(text, "brightside")

    assert answer["handoff"]["reason"] == "safety"
    assert answer["handoff"]["summary"].endswith(f"Last message: {text}")
    assert answer["text"].startswith(ALARMED["misuse"])
    assert len(answer["text"]) > len(ALARMED["misuse"]) + 40
    assert "Would you like a person" not in answer["text"]


@pytest.mark.parametrize(
    "text",
    [
        "my card was declined as suspected fraud, why?",
        "stolen_card reason code?! it's right here in my hand",
        "my wallet was stolen, how do I put in the new card?",
        "someone else in my team used up the credits",
        "error 401 unauthorized access",
        "who can use my card",
        "the job died and I was charged",
    ],
)
def test_ordinary_questions_raise_no_alarm(text: str) -> None:
    assert alarm_in(text) is None


def test_a_life_comes_before_a_bill(ask: Ask) -> None:
    answer = ask("I lost everything to this bill, I want to kill myself", "brightside")

    assert answer["handoff"]["reason"] == "safety"
    assert answer["text"].startswith(ALARMED["life"])


def test_a_draft_fetches_nobody_as_a_person_reads_it(demo_bot: Bot) -> None:
    made = draft(demo_bot, Utterance(MISUSED, NOW, "brightside", conversation="draft-misuse"))

    assert made.answer.handoff is None
    assert ALARMED["misuse"] not in made.reply


@pytest.mark.parametrize(
    ("text", "down", "reason"),
    [
        ("can I get a refund?", False, "not_covered"),
        ("do my credits expire? and can I get a refund?", False, "not_covered"),
        ("what is my balance?", True, "account_unreadable"),
        ("what is my balance?", False, None),
        ("write me a poem", False, None),
        ("thanks!", False, None),
    ],
)
def test_an_operator_may_have_a_person_brought_in_unasked(
    demo_bot: Bot, text: str, down: bool, reason: str | None
) -> None:
    bot = replace(demo_bot, hands_over=frozenset(HAND_OVER))
    bot = replace(bot, accounts=Down()) if down else bot
    name = f"unasked-{down}-{text}"
    answer = bot.answer(Utterance(text, NOW, "brightside", conversation=name))
    thanked = bot.answer(Utterance("thanks!", NOW, "brightside", conversation=name))

    assert (answer.handoff and answer.handoff.reason) == reason
    assert (PASSED_ON in answer.text) is (reason is not None)
    assert answer.outcome != "handoff"
    if reason:
        assert "Would you like a person" not in answer.text
    assert thanked.handoff is None


def test_what_can_be_handed_over_unasked_is_checked() -> None:
    assert read_settings({"SUPPORTBOT_HAND_OVER": "not_covered"}, None).hand_over == {"not_covered"}
    with pytest.raises(ConfigError, match="SUPPORTBOT_HAND_OVER is 'always'; give not_covered"):
        read_settings({"SUPPORTBOT_HAND_OVER": "always"}, None)


def test_a_draft_offers_no_person_as_one_writes_it(demo_bot: Bot) -> None:
    made = draft(demo_bot, Utterance("can I get a refund?", NOW, conversation="draft-refund"))

    assert "does not say anything about refunds" in made.reply
    assert "Would you like a person" not in made.reply


def test_danger_waits_before_all_others(api: Api) -> None:
    first = api.ask({"text": "get me a human"}, headers=OWNER).json()["conversation"]
    second = api.ask({"text": MISUSED}, headers=OWNER).json()["conversation"]
    waiting = api.site.handoffs.open_ones()

    assert [each.conversation for each in waiting] == [second, first]
    assert [each.reason for each in waiting] == ["safety", "requested"]


def test_danger_becomes_the_reason_of_a_ticket_that_waits_already(api: Api) -> None:
    conversation = api.ask({"text": "get me a human"}, headers=OWNER).json()["conversation"]
    api.ask({"text": MISUSED, "conversation": conversation}, headers=OWNER)

    (ticket,) = api.site.handoffs.open_ones()
    assert ticket.reason == "safety"


def test_the_button_knows_the_reason_too(api: Api) -> None:
    conversation = api.ask({"text": "can I get a refund?"}, headers=OWNER).json()["conversation"]
    reply = api.client.post(f"/v1/conversations/{conversation}/handoff", json={}, headers=OWNER)

    (ticket,) = api.site.handoffs.open_ones()
    assert reply.json() == {"reference": ticket.reference}
    assert ticket.reason == "not_covered"


def test_the_bot_says_nothing_while_a_person_is_on(api: Api) -> None:
    conversation = api.ask({"text": "get me a human"}, headers=OWNER).json()["conversation"]
    (ticket,) = api.site.handoffs.open_ones()
    desk = Desk(api, sign_in(api), conversation, ticket.reference)

    def ask(text: str) -> dict[str, object]:
        cookies = dict(api.client.cookies)
        api.client.cookies.clear()
        body = {"text": text, "conversation": conversation}
        answer: dict[str, object] = api.ask(body, headers=OWNER).json()
        api.client.cookies.update(cookies)
        return answer

    waiting = ask("what is my balance?")
    desk.post("take")
    held = ask("and do credits expire? my card 4111 1111 1111 1111")
    page = desk.get().text
    desk.post("close")
    back = ask("what is my balance?")

    assert (waiting["outcome"], held["outcome"], back["outcome"]) == (
        "answered",
        "handoff",
        "answered",
    )
    assert "A person is looking after this conversation" in str(held["text"])
    assert held["citations"] == []
    assert "do credits expire?" in page
    assert "4111" not in page
