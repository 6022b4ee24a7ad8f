import pytest

from supportbot.understanding.pasted import telling_parts
from supportbot.understanding.text import has_words, normalise, tidy


def test_a_greeting_before_a_question_is_dropped() -> None:
    assert tidy("Hi team, do my credits expire?") == "do my credits expire?"


def test_a_message_that_is_only_a_greeting_stays() -> None:
    assert tidy("Hello there!") == "Hello there!"


def test_thanks_at_the_end_of_a_question_are_dropped() -> None:
    assert tidy("do credits expire? thanks in advance!") == "do credits expire"


def test_quoted_mail_and_signature_are_dropped() -> None:
    mail = (
        "My card was declined again.\n\nKind regards,\nJo Park\nCFO\n\n"
        "On Mon, Nov 2, 2026 at 3 PM Support <help@example.com> wrote:\n> Please try again."
    )

    assert tidy(mail) == "My card was declined again."


def test_a_message_of_nothing_but_quoted_lines_is_still_read() -> None:
    assert tidy("> do credits expire?") != ""


def test_slack_markup_becomes_plain_text() -> None:
    message = "<@U123ABC> see <https://example.com/x|the bill> in <#C0DE|billing> :sob: a &lt; b"

    assert tidy(message) == "see the bill in billing a < b"


def test_links_are_dropped_unless_there_is_nothing_else() -> None:
    assert tidy("why does https://api.example.com/v1 fail") == "why does fail"
    assert tidy("https://example.com/billing") == "https://example.com/billing"


def test_an_error_body_is_cut_to_its_message_and_code() -> None:
    pasted = (
        "Error code: 402 - {'error': {'message': 'Your card was declined', "
        "'type': 'card_error', 'param': None, 'code': 'card_declined'}}"
    )

    assert tidy(pasted) == "Error code: 402 - Your card was declined card_error card_declined"


def test_a_traceback_is_cut_to_its_last_line() -> None:
    pasted = (
        "it breaks:\nTraceback (most recent call last):\n"
        '  File "run.py", line 3, in <module>\n    client.create()\n'
        "RateLimitError: insufficient_quota"
    )

    assert tidy(pasted) == "it breaks:\nRateLimitError: insufficient_quota"


def test_json_without_a_telling_field_is_kept_but_bounded() -> None:
    assert len(telling_parts('{"weights": "' + "1 " * 400 + '"}')) < 300


@pytest.mark.parametrize("text", ["", "  \n ", "\u200b"])
def test_blank_messages_have_nothing_to_read(text: str) -> None:
    assert not has_words(tidy(text))


@pytest.mark.parametrize("text", ["???", "\U0001f62d\U0001f62d", "..."])
def test_emoji_and_punctuation_have_nothing_to_read(text: str) -> None:
    assert not has_words(tidy(text))


def test_typography_and_case_do_not_matter_when_comparing() -> None:
    assert normalise("Don\u2019t  my CREDITS\u2014expire?") == normalise("don't my credits expire")


def test_amounts_and_codes_survive_normalising() -> None:
    assert normalise("$50 or $5.50, in_2041!") == "$50 or $5.50 in_2041"


def test_a_very_long_message_is_bounded() -> None:
    assert len(tidy("why is it blocked " * 2_000)) <= 1_500
