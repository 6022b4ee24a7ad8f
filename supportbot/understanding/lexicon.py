"""
The words of the known questions: features beside the vector, and the mending of typos.

Sentence vectors blur exactly what billing turns on (free or purchased, on or off, a code),
so words and pairs of words are features of their own.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from rapidfuzz import process
from rapidfuzz.distance import OSA

from supportbot.understanding.text import words

COMMON: Final = 3
"""A word that so many known questions have is right, and a typo's target."""
ONE_LETTER_FROM: Final = 5
TWO_LETTERS_FROM: Final = 7
"""From this length on, one letter or two may be wrong; in shorter words only their order."""

_WORDS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_LETTERS = re.compile(r"[a-z]+")
_CHAT: Final = {
    "u": "you",
    "ur": "your",
    "r": "are",
    "y": "why",
    "wat": "what",
    "wht": "what",
    "wen": "when",
    "pls": "please",
    "plz": "please",
    "thx": "thanks",
    "acc": "account",
    "acct": "account",
    "bal": "balance",
    "cc": "credit card",
    "bc": "because",
    "bcz": "because",
    "cuz": "because",
    "wanna": "want to",
    "gonna": "going to",
    "gimme": "give me",
    "dont": "don't",
    "doesnt": "doesn't",
    "didnt": "didn't",
    "isnt": "isn't",
    "cant": "can't",
    "wont": "won't",
    "im": "i'm",
    "ive": "i've",
    "whats": "what's",
    "amex": "American Express",
}


@dataclass(frozen=True, slots=True)
class Lexicon:
    """
    ``rarity`` maps a feature (a word, or two in a row) to its inverse document frequency;
    ``known`` are the words that are right as they stand, ``common`` those that a typo may mean.
    """

    rarity: dict[str, float]
    known: frozenset[str]
    common: dict[str, int]
    _index: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Number the features in the order of ``rarity``."""
        object.__setattr__(self, "_index", {name: n for n, name in enumerate(self.rarity)})

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        """Learn from known questions; what only one of them has is no feature."""
        counts = Counter(name for text in texts for name in set(_names(words(text))))
        rarity = {
            name: round(math.log((1 + len(texts)) / (1 + count)) + 1, 4)
            for name, count in sorted(counts.items())
            if count > 1
        }
        single = {name: n for name, n in sorted(counts.items()) if _LETTERS.fullmatch(name)}
        common = {name: count for name, count in single.items() if count >= COMMON}
        return cls(rarity, frozenset(single), common)

    def features(self, text: str) -> dict[int, float]:
        """Return the features of ``text`` by number; the vector they form has length 1."""
        counts = Counter(name for name in _names(words(text)) if name in self._index)
        raw = {
            self._index[name]: (1 + math.log(count)) * self.rarity[name]
            for name, count in counts.items()
        }
        length = math.sqrt(sum(value * value for value in raw.values())) or 1.0
        return {number: value / length for number, value in raw.items()}

    def mend(self, text: str) -> str:
        """Spell out chat's short forms, and correct words that nobody has used if one is close."""
        return _WORDS.sub(lambda word: self._mended(word[0]), text)

    def _mended(self, word: str) -> str:
        lower = word.casefold()
        if lower in _CHAT and word != word.upper():
            return _CHAT[lower]
        if lower in self.known or not _LETTERS.fullmatch(lower) or len(lower) < 3:
            return word
        return self._meant(lower) or word

    def _meant(self, word: str) -> str | None:
        allowed = (len(word) >= ONE_LETTER_FROM) + (len(word) >= TWO_LETTERS_FROM)
        near = process.extract(
            word,
            self.common.keys(),
            scorer=OSA.distance,
            score_cutoff=max(2, allowed),
            limit=20,
        )
        fits = (
            (not_shuffled, int(distance), -self.common[hit], hit)
            for hit, distance, _ in near
            if (not_shuffled := sorted(hit) != sorted(word)) is False or distance <= allowed
        )
        best = min((fit for fit in fits if fit[3][0] == word[0]), default=None)
        return best[3] if best and not _inflected(word, best[3]) else None


def _names(tokens: Sequence[str]) -> Iterable[str]:
    yield from tokens
    for first, second in zip(tokens, tokens[1:], strict=False):
        yield f"{first} {second}"


def _inflected(one: str, other: str) -> bool:
    """Whether the words differ by an ending alone: a form, no typo."""
    shorter, longer = sorted((one, other), key=len)
    return longer.startswith(shorter) and longer != shorter
