import pytest

from supportbot.conversation import Context
from supportbot.understanding.followups import Reference, reference

EXPIRY = Context(topics=("credit-expiry",))
OVERDUE = Context(topics=("past-due-invoice",), offers=("human-handoff",))


@pytest.mark.parametrize(
    "text",
    [
        "why?",
        "how much?",
        "since when",
        "ok and then?",
        "what do I do now?",
        "how come",
        "so what now",
        "how much is missing?",
        "how do I pay it then",
        "even when I bought them myself?",
    ],
)
def test_an_elliptic_question_is_about_the_last_topic(text: str) -> None:
    assert reference(text, EXPIRY) == Reference("credit-expiry")


@pytest.mark.parametrize(
    "text",
    ["no, the other invoice", "what about the November one?", "the latest one", "and in_2041?"],
)
def test_another_item_is_about_the_same_topic(text: str) -> None:
    assert reference(text, OVERDUE) == Reference("past-due-invoice")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("no, nothing is overdue, I checked", "nothing is overdue, I checked"),
        ("yes I have auto-recharge on", "I have auto-recharge on"),
        ("nope, it's a debit card", "it's a debit card"),
    ],
)
def test_what_is_told_in_reply_is_no_new_question(text: str, told: str) -> None:
    assert reference(text, EXPIRY) == Reference("credit-expiry", told, replying=True)


@pytest.mark.parametrize(
    "text", ["no, how do I change my card", "yes and where do I see them", "no, I mean the card"]
)
def test_a_reply_that_asks_or_corrects_is_more_than_a_reply(text: str) -> None:
    found = reference(text, EXPIRY)

    assert found is None or not found.replying


def test_it_is_the_invoice_where_an_invoice_was_talked_about() -> None:
    text = "can I use my credits for it"

    assert reference(text, OVERDUE) == Reference(
        "past-due-invoice", "can I use my credits for the invoice"
    )
    assert reference(text, EXPIRY) == Reference("credit-expiry", text)


def test_a_number_that_was_meant_is_about_the_same_topic() -> None:
    assert reference("sorry, I meant 500", EXPIRY) == Reference("credit-expiry")


def test_another_invoice_after_something_else_is_about_invoices() -> None:
    assert reference("the previous invoice", EXPIRY) == Reference("invoices")


@pytest.mark.parametrize("text", ["yes please", "Yes!", "sure, go ahead", "ok do it"])
def test_yes_takes_the_offer(text: str) -> None:
    assert reference(text, OVERDUE) == Reference("human-handoff")


@pytest.mark.parametrize("text", ["no thanks", "no", "not now", "nope, all good", "ok thank you"])
def test_no_declines_the_offer(text: str) -> None:
    assert reference(text, OVERDUE) == Reference("thanks")


def test_yes_without_an_offer_refers_to_nothing() -> None:
    assert reference("yes please", EXPIRY) is None


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("and if it's a gift card?", "gift card"),
        ("and free ones?", "free ones"),
        ("what about free credits", "free credits"),
    ],
)
def test_what_is_added_is_kept_as_content(text: str, content: str) -> None:
    assert reference(text, EXPIRY) == Reference("credit-expiry", content)


@pytest.mark.parametrize(
    "text",
    [
        "which cards do you accept",
        "how do I set up auto-recharge with two cards on the same account",
        "why was my card declined yesterday evening",
    ],
)
def test_a_full_question_stands_by_itself(text: str) -> None:
    assert reference(text, EXPIRY) is None


def test_nothing_is_elliptic_at_the_start_of_a_conversation() -> None:
    assert reference("why?", Context()) is None
