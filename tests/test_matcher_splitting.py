import pytest

from supportbot.bot import Bot
from supportbot.conversation import Context
from supportbot.understanding.splitting import asks, halves, parts, without_denied


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Do credits expire? Can I pay by Amex?", ["Do credits expire?", "Can I pay by Amex?"]),
        ("do credits expire and can I pay by Amex", ["do credits expire", "can I pay by Amex"]),
        ("what is my balance; which tier am I", ["what is my balance", "which tier am I"]),
        ("is Visa fine, and also do you refund", ["is Visa fine", "do you refund"]),
        ("1) which tier am I 2) my balance now", ["which tier am I", "my balance now?"]),
        ("1 which tier am I 2 is Visa ok", ["which tier am I", "is Visa ok"]),
        ("do credits expire + can I get a refund", ["do credits expire", "can I get a refund"]),
        ("delete the key, and after that buy a pack", ["delete the key", "buy a pack?"]),
        ("please list: my balance, open invoices", ["my balance?", "open invoices?"]),
        ("tell me two numbers: the balance and my tier", ["the balance?", "my tier?"]),
        (
            "can you tell me my balance, last invoice and whether auto top-up is on",
            ["my balance?", "last invoice?", "whether auto top-up is on"],
        ),
        ("is it free, and if not what does it cost", ["is it free", "if not what does it cost"]),
        ("what is my tier, second, do credits expire", ["what is my tier", "do credits expire"]),
        ("is there a cap, is it on, does it stop", ["is there a cap", "is it on", "does it stop"]),
        ("Error 429 and also my card won't save", ["Error 429?", "my card won't save?"]),
        ("card refused, and I also want a refund", ["card refused?", "I also want a refund"]),
        ("the card was refused and the API is dead", ["the card was refused", "the API is dead"]),
    ],
)
def test_a_message_is_cut_into_its_questions(text: str, expected: list[str]) -> None:
    assert list(parts(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "which credit and debit cards do you take",
        "why is 3.50 gone",
        "is it $5.00 or more",
        "I bought 1 pack and 2 show up",
        "can I use the API now and pay later on",
        "is the card also used for auto-recharge",
    ],
)
def test_one_question_stays_whole(text: str) -> None:
    assert parts(text) == (text,)


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("I added $25 yesterday. Why is my access blocked?", ["access_blocked"]),
        ("My card is a Visa. Is that one accepted?", ["payment_methods"]),
        ("what's my balance, and do credits expire?", ["account_balance", "credit_expiry"]),
        (
            "minimum purchase? expiry? my balance?",
            ["buy_credits", "credit_expiry", "account_balance"],
        ),
        ("- which tier am I on\n- list my invoices", ["build_tier", "invoices"]),
        (
            "can I get a refund, and which cards do you take?",
            ["in_domain_not_covered", "payment_methods"],
        ),
        (
            "tell me the minimum for starting a dedicated endpoint and the minimum purchase",
            ["job_balance_requirement", "buy_credits"],
        ),
        (
            "Two things: do credits run out at some date, and is it possible to pay with an Amex?",
            ["credit_expiry", "payment_methods"],
        ),
        (
            "I lost the authorization email, and I'm also getting card declined on top of it",
            ["bank_authorization", "card_declined"],
        ),
    ],
)
def test_each_question_of_a_message_is_heard_once_and_in_order(
    demo_bot: Bot, text: str, intents: list[str]
) -> None:
    heard = demo_bot.matcher.match(text, Context()).heard

    assert [each.intent for each in heard] == intents


@pytest.mark.parametrize(
    "text",
    [
        "Is my card charged when the balance falls below the threshold?",
        "I topped up, and the API still says that I have no credits.",
        "My card expired, so I want to put in another one.",
        "please send me the old and the new invoice",
    ],
)
def test_what_belongs_together_is_one_question(demo_bot: Bot, text: str) -> None:
    assert len(demo_bot.matcher.match(text, Context()).heard) == 1


def test_a_message_is_cut_in_two_in_its_first_places_only() -> None:
    text = "my balance, my tier, my invoices, my cards, my limit"

    assert halves(text) == (
        ("my balance", "my tier, my invoices, my cards, my limit"),
        ("my balance, my tier", "my invoices, my cards, my limit"),
        ("my balance, my tier, my invoices", "my cards, my limit"),
    )


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
        ("I don't want a refund, I want my access back", "I want my access back"),
        ("I do not want auto-recharge", "I do not want auto-recharge"),
    ],
)
def test_what_is_denied_is_taken_away(text: str, rest: str) -> None:
    assert without_denied(text) == rest
