"""Which questions are kept from fine-tuning: decided by their words alone."""

from supportbot.knowledge.library import Library
from supportbot.understanding.reserve import is_reserved
from supportbot.wiring import PACKAGE

QUESTIONS = [
    question
    for article in Library(PACKAGE.parent / "knowledge").articles.values()
    for question in article.asked_as
]


def test_about_one_question_in_seven_is_reserved() -> None:
    share = sum(map(is_reserved, QUESTIONS)) / len(QUESTIONS)

    assert 0.13 < share < 0.16


def test_case_and_punctuation_do_not_change_it() -> None:
    for question in QUESTIONS[:200]:
        assert is_reserved(question) == is_reserved(f"{question.upper()} !")


def test_one_in_fourteen_is_a_part_of_one_in_seven() -> None:
    judged = [question for question in QUESTIONS if is_reserved(question, 14)]

    assert judged
    assert all(map(is_reserved, judged))
