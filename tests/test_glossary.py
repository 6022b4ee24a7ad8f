"""Chinese word for word in English, for the encoder to read."""

import re

import pytest

from supportbot.understanding.glossary import GLOSSARIES, LANGUAGES, Glossary, glossary

SMALL = Glossary.of(["= 的 吗", "card = 卡", "credit card = 信用卡", "expire = 过期", "can = 会"])


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("信用卡会过期吗？", "credit card can expire?"),
        ("我的卡", "card"),
        ("卡 Visa-4242，过期", "card Visa-4242, expire"),
        ("過期", "expire"),
        ("do cards expire", "do cards expire"),
        ("吗", ""),
    ],
)
def test_each_word_is_told_in_english_the_longest_one_first(text: str, english: str) -> None:
    assert SMALL.english(text) == english


def test_the_first_line_that_has_a_word_counts() -> None:
    assert Glossary.of(["bill = 账单", "invoice = 账单"]).english("账单") == "bill"


def test_without_words_nothing_is_told() -> None:
    assert Glossary.of([]).english("余额") == ""


def test_languages_whose_words_change_have_no_glossary() -> None:
    assert glossary("de") is None


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_glossary_that_ships_lists_each_word_once(language: str) -> None:
    lines = (GLOSSARIES / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    listed = [word for line in lines for word in line.partition("=")[2].split()]

    assert all(re.fullmatch(r"[A-Za-z' -]*= ?[\u4e00-\u9fff ]+", line) for line in lines)
    assert len(listed) == len({*listed})
