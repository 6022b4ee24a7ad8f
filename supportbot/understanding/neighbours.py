"""
How near a message is to the known questions of each topic.

Similarities are taken in the directions in which known questions differ most: a quarter of the
numbers ranks them just as well, and a search through them leaves the processor's cache to
the encoder.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

AXES: Final = 96


@dataclass(frozen=True, slots=True)
class Neighbours:
    """
    The known questions' vectors over ``axes``, ordered by topic.

    ``first`` has the row at which each topic begins; every topic has at least one.
    """

    axes: Floats
    rows: Floats
    first: NDArray[np.int64]

    @classmethod
    def of(cls, vectors: Floats, owners: Sequence[int] | NDArray[np.int64]) -> Self:
        """``owners`` are the topics' numbers, in ascending order and without a gap."""
        turned = np.linalg.svd(vectors.T @ vectors, hermitian=True)[2]
        axes = np.ascontiguousarray(turned[:AXES], dtype=np.float32)
        return cls(axes, _along(axes, vectors), np.flatnonzero(np.diff(owners, prepend=-1)))

    def similarities(self, vectors: Floats) -> Floats:
        """For each vector a row: the cosine of the nearest known question of every topic."""
        similar = _along(self.axes, np.atleast_2d(vectors)) @ self.rows.T
        nearest: Floats = np.maximum.reduceat(similar, self.first, axis=1)
        return nearest


def _along(axes: Floats, vectors: Floats) -> Floats:
    rows = vectors @ axes.T
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    shorter: Floats = (rows / np.maximum(lengths, 1e-9)).astype(np.float32)
    return shorter
