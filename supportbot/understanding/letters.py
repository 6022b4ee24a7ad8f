"""
Runs of letters and pairs of words as features, for a second opinion beside the vector.

They see what a sentence vector blurs (a code, a product's name, half of a misspelt word), and
where both opinions agree, little is wrong.  Features are hashed: there is no vocabulary to keep.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from supportbot.understanding.features import weighed
from supportbot.understanding.neighbours import Floats
from supportbot.understanding.text import words

BUCKETS: Final = 1 << 16
SHORTEST: Final = 2
LONGEST: Final = 5
"""Letters of a run; a word's ends count as letters."""
NONE: Final = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Letters:
    """``rarity`` is the inverse document frequency of each bucket; empty: no features at all."""

    rarity: Floats

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        """Learn from known questions."""
        counts = np.zeros(BUCKETS, dtype=np.float32)
        for text in texts:
            counts[_buckets(text)] += 1  # once, however often it comes
        return cls(np.log((1 + len(texts)) / (1 + counts)) + 1)

    def features(self, text: str) -> tuple[NDArray[np.int64], Floats]:
        """Return buckets and values; the vector they form has length 1, or is empty."""
        return weighed(_buckets(text) if self.rarity.size else NONE, self.rarity)


def _buckets(text: str) -> NDArray[np.int64]:
    tokens = words(text)
    pairs = _hashed([f"{first}  {second}" for first, second in pairwise(tokens)])
    return np.concatenate([*map(_runs, tokens), pairs])


@lru_cache(maxsize=20_000)
def _runs(token: str) -> NDArray[np.int64]:
    """Return the buckets of a word's runs; the same few thousand words come again and again."""
    padded = f" {token} "
    return _hashed(
        [
            padded[start : start + length]
            for length in range(SHORTEST, LONGEST + 1)
            for start in range(len(padded) - length + 1)
        ]
    )


def _hashed(texts: Sequence[str]) -> NDArray[np.int64]:
    return np.array([zlib.crc32(text.encode()) % BUCKETS for text in texts], dtype=np.int64)
