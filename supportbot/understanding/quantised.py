"""A table of weights in whole steps of a byte: a quarter of the memory, and of the cache."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from supportbot.understanding.neighbours import Floats

INT8_MAX: Final = 127


@dataclass(frozen=True, slots=True)
class Quantised:
    """``scales`` has the step of each row, in a column; ``steps`` the rows in these."""

    scales: Floats
    steps: NDArray[np.int8]

    @classmethod
    def of(cls, rows: Floats) -> Self:
        """Round to 127 steps on either side of zero, the largest number of a row being the last."""
        largest = np.abs(rows).max(axis=1, initial=1e-9, keepdims=True)
        scales = (largest / INT8_MAX).astype(np.float32)
        return cls(scales, np.round(rows / scales).astype(np.int8))

    @property
    def rows(self) -> Floats:
        """The table as it was, to the nearest step."""
        rows: Floats = self.steps.astype(np.float32) * self.scales
        return rows

    def weighted(self, numbers: NDArray[np.int64], values: Floats) -> Floats:
        """Return the sum of the rows ``numbers``, each times its value."""
        factors = values * self.scales.take(numbers)
        summed: Floats = factors @ self.steps.take(numbers, axis=0).astype(np.float32)
        return summed
