"""
The words of the known questions: features beside the vector, and the mending of typos.

Sentence vectors blur exactly what billing turns on (free or purchased, on or off, a code),
so words and pairs of words are features of their own.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, pairwise
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from supportbot.understanding.features import weighed
from supportbot.understanding.neighbours import Floats
from supportbot.understanding.text import words

SHORTEST: Final = 3
COMMON: Final = 3
"""A word that so many known questions have is right, and a typo's target."""
ONE_LETTER_FROM: Final = 4
ANY_LETTER_FROM: Final = 7
TWO_LETTERS_FROM: Final = 9
"""
From these lengths on a letter may be missing or too many, be another one, or two may be wrong;
in shorter words only the order may be: "world" is no misspelt "would".
"""
EVERYDAY: Final = 20
"""A word that so many questions have outweighs a rare one that is a letter away from it."""
RARE: Final = 2
OUTWEIGHED: Final = 20
"""
No word of English, and a typo even if several people make it: one that comes so many times less
often than the word that it is close to.
"""
IN_USE: Final = 100
"""How often the dictionary has seen a word that people use; below are names and scraps."""

_WORDS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_LETTERS = re.compile(r"[a-z]+")
_CHAT: Final = {
    "u": "you",
    "ur": "your",
    "r": "are",
    "y": "why",
    "wat": "what",
    "wht": "what",
    "wats": "what's",
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
    _weights: Floats = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Number the features in the order of ``rarity``."""
        object.__setattr__(self, "_index", {name: n for n, name in enumerate(self.rarity)})
        weights = np.fromiter(self.rarity.values(), dtype=np.float32, count=len(self.rarity))
        object.__setattr__(self, "_weights", weights)

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
        everyday = {name: count for name, count in single.items() if count >= EVERYDAY}
        right = {name: n for name, n in single.items() if not _misspelt(name, n, everyday)}
        common = {name: count for name, count in right.items() if count >= COMMON}
        return cls(rarity, frozenset((*right, *_left_alone(common, single))), common)

    def features(self, text: str) -> tuple[NDArray[np.int64], Floats]:
        """Return features' numbers and values; the vector they form has length 1, or is empty."""
        numbers = map(self._index.get, _names(words(text)))
        found = np.array([n for n in numbers if n is not None], dtype=np.int64)
        return weighed(found, self._weights)

    def mend(self, text: str) -> str:
        """Spell out chat's short forms, and correct words that nobody has used if one is close."""
        return _WORDS.sub(lambda word: self._mended(word[0]), text)

    def _mended(self, word: str) -> str:
        lower = word.casefold()
        if lower in _CHAT and word != word.upper():
            return _CHAT[lower]
        if lower in self.known or not _LETTERS.fullmatch(lower):
            return word
        return _closest(lower, self.common) or word


def _misspelt(word: str, count: int, everyday: Mapping[str, int]) -> bool:
    """Whether a word that ``count`` questions have is a typo all the same."""
    english = word in _english()
    if english and count > RARE:
        return False
    meant = _closest(word, everyday)
    if meant is None:
        return False
    if count > RARE:
        return everyday[meant] >= OUTWEIGHED * count
    return not english or _shuffled(word, meant)


def _left_alone(common: Mapping[str, int], asked: Collection[str]) -> Iterator[str]:
    """
    Yield the words of English that nobody has used and that look like typos of ``common`` ones.

    "Crash" is not "cash"; only where the order of letters differs ("fro") may a typo be meant.
    """
    # A typo keeps its first letter, so each of 40,000 words is compared with a few hundred alone.
    by_initial: dict[str, dict[str, int]] = defaultdict(dict)
    for name, count in common.items():
        by_initial[name[0]][name] = count
    for word in _english():
        meant = _closest(word, by_initial[word[0]]) if word not in asked else None
        if meant and not _shuffled(word, meant):
            yield word


def _shuffled(word: str, other: str) -> bool:
    return sorted(word) == sorted(other)


@cache
def _english() -> frozenset[str]:
    """Return the words that are in use in English; needed to learn, not to answer."""
    from spellchecker import SpellChecker

    seen = SpellChecker(language="en").word_frequency.dictionary
    return frozenset(word for word, n in seen.items() if n >= IN_USE and _LETTERS.fullmatch(word))


def _closest(word: str, common: Mapping[str, int]) -> str | None:
    """Return the word of ``common`` that ``word`` is a misspelling of, if any."""
    if len(word) < SHORTEST:
        return None
    near = process.extract(word, common.keys(), scorer=OSA.distance, score_cutoff=2, limit=20)
    fits = sorted(
        (not shuffled, int(distance), -common[hit], hit)
        for hit, distance, _ in near
        if hit[0] == word[0]
        and ((shuffled := _shuffled(word, hit)) or _typo(word, hit, int(distance)))
    )
    return fits[0][3] if fits and not _inflected(word, fits[0][3]) else None


def _typo(word: str, meant: str, distance: int) -> bool:
    if distance > 1:
        return len(word) >= TWO_LETTERS_FROM
    shortest = ANY_LETTER_FROM if len(word) == len(meant) else ONE_LETTER_FROM
    return len(word) >= shortest


def _names(tokens: Sequence[str]) -> Iterable[str]:
    return chain(tokens, map(" ".join, pairwise(tokens)))


def _inflected(one: str, other: str) -> bool:
    """Whether the words differ by an ending alone: a form, no typo."""
    shorter, longer = sorted((one, other), key=len)
    return longer.startswith(shorter) and longer != shorter
