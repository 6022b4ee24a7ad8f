import pytest

from supportbot.understanding.lexicon import Lexicon
from supportbot.understanding.spelling import KnownQuestions

QUESTIONS = (
    "do my credits expire",
    "is my credit card accepted",
    "can I spend $50 on fine-tuning",
    "turn on auto recharge please",
    "how do I pay the open invoice",
)
KNOWN = KnownQuestions.of(QUESTIONS, range(len(QUESTIONS)))
LEXICON = Lexicon.of(
    [f"{start} {end}" for start in QUESTIONS for end in ("now", "today", "account balance", "tier")]
)


@pytest.mark.parametrize("text", ["Do my credits expire?", "DO MY CREDITS  EXPIRE!!"])
def test_a_known_question_is_found_whatever_its_case_and_punctuation(text: str) -> None:
    assert KNOWN.find(text) == 0


def test_a_misspelt_known_question_is_found() -> None:
    assert KNOWN.find("do my credtis expire") == 0


def test_words_run_together_are_found() -> None:
    assert KNOWN.find("turn on autorecharge please") == 3


@pytest.mark.parametrize(
    "text",
    [
        "is my debit card accepted",
        "can I spend $5 on fine-tuning",
        "do my credits not expire",
        "turn off auto recharge please",
    ],
)
def test_no_hit_across_a_negation_a_figure_or_another_real_word(text: str) -> None:
    known = KnownQuestions.of((*QUESTIONS, "my debit is not off"), range(len(QUESTIONS) + 1))

    assert known.find(text) is None


def test_a_question_that_two_topics_claim_decides_nothing() -> None:
    assert KnownQuestions.of(("why", "why"), (0, 1)).find("why") is None


def test_short_texts_need_to_be_exact() -> None:
    known = KnownQuestions.of(("refund",), (0,))

    assert known.find("refund") == 0
    assert known.find("refunb") is None


def test_without_an_encoder_the_order_of_words_may_differ() -> None:
    assert KNOWN.find_alone("the open invoice, how do I pay") == 4


def test_without_an_encoder_a_few_shared_words_are_not_enough() -> None:
    assert KNOWN.find_alone("how do I delete the account") is None
    assert KNOWN.find_alone("how do I not pay the open invoice") is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("balnace", "balance"),
        ("teir", "tier"),
        ("acount", "account"),
        ("recharrge", "recharge"),
        ("pls", "please"),
    ],
)
def test_typos_in_the_words_of_the_subject_are_mended(typed: str, meant: str) -> None:
    assert LEXICON.mend(f"my {typed}?") == f"my {meant}?"


@pytest.mark.parametrize("word", ["Discover", "invoices", "tie", "402", "sprint", "PLS"])
def test_other_words_are_left_alone(word: str) -> None:
    assert LEXICON.mend(word) == word


SOME = Lexicon.of(
    [f"my credits number {n} will cost cash {n}" for n in "abcdefghijklmnopqrstuvwxyz" * 3]
    + [f"creidts {n}" for n in "abc"]
    + ["is it fro cash", "how many tokens for a form"]
)


def test_a_typo_that_several_people_make_is_one_all_the_same() -> None:
    assert SOME.mend("my creidts") == "my credits"


@pytest.mark.parametrize("word", ["crash", "cast", "form", "coast"])
def test_a_real_word_is_not_taken_for_another_one(word: str) -> None:
    assert SOME.mend(word) == word


def test_a_real_word_whose_letters_changed_places_may_be_a_typo() -> None:
    many = Lexicon.of([f"for {n}" for n in "abcdefghijklmnopqrstuvwxyz"] + ["fro a friend"])

    assert many.mend("fro me") == "for me"


def test_features_have_length_one_and_know_pairs_of_words() -> None:
    numbers, values = LEXICON.features("auto recharge")

    assert len(numbers) == 3
    assert float(values @ values) == pytest.approx(1.0)
