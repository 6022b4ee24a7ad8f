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

SEEN_OFTEN: Final = 3
"""A word is right, and a typo's target, when that many known questions have it."""
SHORTEST_TYPO: Final = 5
LONG_WORD: Final = 8
"""From this length on, two letters may be wrong."""
_LETTERS = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """
    ``rarity`` maps a feature (a word, or two in a row) to its inverse document frequency;
    ``known`` are all words of the known questions, ``frequent`` those that are no typo.
    """

    rarity: dict[str, float]
    known: frozenset[str]
    frequent: tuple[str, ...]
    _index: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Number the features in the order of ``rarity``."""
        object.__setattr__(self, "_index", {name: n for n, name in enumerate(self.rarity)})

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        """Learn from known questions; what only one of them has is no feature."""
        counts = Counter(name for text in texts for name in set(_names(words(text))))
        rarity = {
            name: math.log((1 + len(texts)) / (1 + count)) + 1
            for name, count in sorted(counts.items())
            if count > 1
        }
        single = {name: count for name, count in counts.items() if " " not in name}
        frequent = (word for word, count in sorted(single.items()) if count >= SEEN_OFTEN)
        return cls(rarity, frozenset(single), tuple(w for w in frequent if _LETTERS.fullmatch(w)))

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
        """Correct typos: only words that no known question has, and only if the hit is close."""
        return re.sub(r"[^\W\d_]+(?:'[a-z]+)?", lambda word: self._mended(word[0]), text)

    def _mended(self, word: str) -> str:
        lower = word.casefold()
        if len(lower) < SHORTEST_TYPO or lower in self.known or not _LETTERS.fullmatch(lower):
            return word
        return self._nearest(lower) or word

    def _nearest(self, word: str) -> str | None:
        allowed = 2 if len(word) >= LONG_WORD else 1
        hits = process.extract(
            word, self.frequent, scorer=OSA.distance, score_cutoff=allowed, limit=5
        )
        close = sorted((int(distance), hit) for hit, distance, _ in hits if hit[0] == word[0])
        return close[0][1] if close and not _inflected(word, close[0][1]) else None


def _names(tokens: Sequence[str]) -> Iterable[str]:
    yield from tokens
    for first, second in zip(tokens, tokens[1:], strict=False):
        yield f"{first} {second}"


def _inflected(one: str, other: str) -> bool:
    """Whether the words differ by an ending alone: a form, no typo."""
    shorter, longer = sorted((one, other), key=len)
    return longer.startswith(shorter) and longer != shorter
