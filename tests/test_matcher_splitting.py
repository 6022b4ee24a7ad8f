import pytest

from supportbot.understanding.decision import questions
from supportbot.understanding.splitting import asks, parts, without_denied


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Do credits expire? Can I pay by Amex?", ["Do credits expire?", "Can I pay by Amex?"]),
        ("do credits expire and can I pay by Amex", ["do credits expire", "can I pay by Amex"]),
        ("what is my balance; which tier am I", ["what is my balance", "which tier am I"]),
        ("is Visa fine, and also do you refund", ["is Visa fine", "do you refund"]),
        ("1) which tier am I 2) my balance now", ["which tier am I", "my balance now?"]),
    ],
)
def test_a_message_is_cut_into_its_questions(text: str, expected: list[str]) -> None:
    assert list(parts(text)) == expected


@pytest.mark.parametrize(
    "text",
    ["which credit and debit cards do you take", "why is 3.50 gone", "is it $5.00 or more"],
)
def test_one_question_stays_whole(text: str) -> None:
    assert parts(text) == (text,)


def test_statements_lead_up_to_the_question_that_follows() -> None:
    joined = questions(("I added $25 yesterday.", "Why am I blocked?"))

    assert joined == ("I added $25 yesterday. Why am I blocked?",)


def test_statements_alone_are_no_questions() -> None:
    assert questions(("My card failed.", "It is a Visa.")) == ()


@pytest.mark.parametrize(
    "part", ["is Visa ok", "tell me my tier", "my balance?", "I want a refund"]
)
def test_wishes_and_questions_ask(part: str) -> None:
    assert asks(part)


@pytest.mark.parametrize(
    "part", ["I added $25 yesterday.", "the card is a Visa", "it worked before"]
)
def test_statements_do_not_ask(part: str) -> None:
    assert not asks(part)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("don't send me to a person, just tell me my balance", "just tell me my balance"),
        ("not asking about refunds, do credits expire", "do credits expire"),
        ("I do not want auto-recharge", "I do not want auto-recharge"),
    ],
)
def test_what_is_denied_is_taken_away(text: str, rest: str) -> None:
    assert without_denied(text) == rest
