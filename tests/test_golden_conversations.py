"""What must and must not be said: every file of knowledge/conversations, on the real bot."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from supportbot.accounts.demo import demo_records
from supportbot.answer import AccountCitation, Answer, DocCitation, FindingNote, Understood
from supportbot.bot import Bot
from supportbot.conversation import Utterance
from supportbot.errors import ArticleError
from supportbot.knowledge.golden import Conversation, run
from supportbot.knowledge.golden_reading import (
    DEFAULT_AT,
    parse_conversation,
    read_conversations,
)
from supportbot.settings import read_settings
from supportbot.wiring import open_backends, open_bot

FOLDER = Path(__file__).parents[1] / "knowledge" / "conversations"
CONVERSATIONS = read_conversations(FOLDER)

TALK = """# The cap

Account: meadow, whose limit is used up
At: 2026-11-24T09:00:00+01:00
User: mia@meadow.example

> limit reached??
> i have 120 dollars

- says "a balance limit of $50.00"
- does not say "refund"
- cites billing/limits#balance-limit
- cites limits meadow
- outcome answered
- intent access_blocked
- finds balance_limit_reached

> thanks

- outcome smalltalk
"""


@pytest.fixture(scope="session")
def bot() -> Iterator[Bot]:
    backends = open_backends(read_settings({}, env_file=None), demo=True)
    yield open_bot(backends)
    backends.close()


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda each: each.title)
def test_what_is_said_is_what_support_staff_expect(conversation: Conversation, bot: Bot) -> None:
    assert run(conversation, bot.answer) == ()


def test_every_sample_account_has_a_conversation() -> None:
    told = {conversation.account for conversation in CONVERSATIONS}

    assert told >= {account.id for account in demo_records()}


def test_no_two_conversations_have_one_title() -> None:
    titles = [conversation.title for conversation in CONVERSATIONS]

    assert len(titles) == len(set(titles))


def parse(text: str = TALK) -> Conversation:
    return parse_conversation(text, "talk.md")


def test_a_conversation_is_read_with_all_that_it_expects() -> None:
    talk = parse()

    first, second = talk.exchanges
    assert (talk.title, talk.account, talk.user) == ("The cap", "meadow", "mia@meadow.example")
    assert talk.at == datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert first.question == "limit reached??\ni have 120 dollars"
    assert [(each.kind, each.line) for each in first.expectations] == [
        ("says", 10),
        ("does not say", 11),
        ("cites", 12),
        ("cites", 13),
        ("outcome", 14),
        ("intent", 15),
        ("finds", 16),
    ]
    assert second.question == "thanks"


def test_nobody_is_an_anonymous_visitor_on_the_day_of_the_samples() -> None:
    talk = parse("# Hi\n\nAccount: nobody\n\n> hi\n\n- outcome smalltalk\n")

    assert (talk.account, talk.user, talk.at) == (None, None, DEFAULT_AT)


@pytest.mark.parametrize(
    ("before", "after", "line", "complaint"),
    [
        ("# The cap", "The cap", 1, "not understood"),
        ("Account: meadow, whose limit is used up", "", 1, "say who asks"),
        ("09:00:00+01:00", "09:00:00", 4, "write the instant like"),
        ("2026-11-24T09", "tomorrow", 4, "write the instant like"),
        ("- says", "- sais", 10, "not understood"),
        ('"refund"', "refund", 11, "not understood"),
        ("cites limits meadow", "cites limit meadow", 13, "Did you mean “limits”?"),
        ("cites limits meadow", "cites limits", 13, "neither a passage nor a record"),
        ("outcome answered", "outcome answred", 14, "Did you mean “answered”?"),
        ("- outcome smalltalk", "", 18, "say what the answer has to be"),
        ("> thanks", ">", 18, "the question is empty"),
    ],
)
def test_what_cannot_be_understood_is_named_by_its_line(
    before: str, after: str, line: int, complaint: str
) -> None:
    with pytest.raises(ArticleError, match=complaint) as caught:
        parse(TALK.replace(before, after))

    assert (caught.value.path, caught.value.line) == ("talk.md", line)


def test_a_conversation_without_a_question_is_none() -> None:
    with pytest.raises(ArticleError, match="there is no question"):
        parse("# Hi\n\nAccount: nobody\n")


ANSWER = Answer(
    id="ans_1",
    conversation="cnv_1",
    asked_at=DEFAULT_AT,
    outcome="answered",
    text="You set **a balance limit** [1] of $50.00. [1][2]",
    intents=(Understood("access_blocked", 0.97),),
    citations=(
        AccountCitation("limits", "meadow", "balance_limit", 5000, "$50.00", DEFAULT_AT),
        DocCitation("billing/limits", "balance-limit", "Balance limit", "…", None),
    ),
    findings=(FindingNote("balance_limit_reached", "certain", (1,)),),
)
FIRST_ONLY = TALK.partition("> thanks")[0]


def test_words_are_found_whatever_marks_stand_between_them() -> None:
    assert run(parse(FIRST_ONLY), lambda _: ANSWER) == ()


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("$50.00", "$60.00", "talk.md, line 10: “a balance limit of $60.00” is not said."),
        ('say "refund"', 'say "BALANCE limit"', "talk.md, line 11: “BALANCE limit” is said."),
        (
            "#balance-limit",
            "#other",
            "talk.md, line 12: the answer cites limits meadow, billing/limits#balance-limit, "
            "not billing/limits#other.",
        ),
        (
            "outcome answered",
            "outcome clarify",
            "talk.md, line 14: the answer has the outcome answered, not clarify.",
        ),
        ("intent access", "intent axcess", "line 15: the answer has the intent access_blocked"),
        ("finds balance", "finds ballance", "line 16: the answer finds balance_limit_reached"),
    ],
)
def test_what_is_not_as_expected_is_said_with_its_line(before: str, after: str, fault: str) -> None:
    (said,) = run(parse(FIRST_ONLY.replace(before, after)), lambda _: ANSWER)

    assert fault in said


def test_a_conversation_is_one_conversation_in_which_time_passes() -> None:
    asked: list[Utterance] = []

    def listen(utterance: Utterance) -> Answer:
        asked.append(utterance)
        return ANSWER

    run(parse(), listen)

    first, second = asked
    assert first.conversation == second.conversation == "golden-talk"
    assert first.at < second.at
    assert (second.account, second.user) == ("meadow", "mia@meadow.example")
