"""
Runs of letters and pairs of words as features, for a second opinion beside the vector.

They see what a sentence vector blurs (a code, a product's name, half of a misspelt word), and
where both opinions agree, little is wrong.  Features are hashed: there is no vocabulary to keep.
"""

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
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


@dataclass(frozen=True, slots=True)
class Letters:
    """``rarity`` is the inverse document frequency of each bucket; empty: no features at all."""

    rarity: Floats

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        """Learn from known questions."""
        counts = np.zeros(BUCKETS, dtype=np.float32)
        for text in texts:
            counts[list({*_buckets(text)})] += 1
        return cls(np.log((1 + len(texts)) / (1 + counts)) + 1)

    def features(self, text: str) -> tuple[NDArray[np.int64], Floats]:
        """Return buckets and values; the vector they form has length 1, or is empty."""
        return weighed(Counter(_buckets(text) if self.rarity.size else ()), self.rarity)


def _buckets(text: str) -> Iterator[int]:
    tokens = words(text)
    return chain(chain.from_iterable(map(_runs, tokens)), map(_pair, tokens, tokens[1:]))


def _pair(first: str, second: str) -> int:
    return zlib.crc32(f"{first}  {second}".encode()) % BUCKETS


@lru_cache(maxsize=20_000)
def _runs(token: str) -> tuple[int, ...]:
    """Return the buckets of a word's runs; the same few thousand words come again and again."""
    padded = f" {token} "
    return tuple(
        zlib.crc32(padded[start : start + length].encode()) % BUCKETS
        for length in range(SHORTEST, LONGEST + 1)
        for start in range(len(padded) - length + 1)
    )
