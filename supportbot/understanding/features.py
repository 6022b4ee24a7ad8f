"""Counts of words or letters as a sparse vector."""

import math

import numpy as np
from numpy.typing import NDArray

from supportbot.understanding.neighbours import Floats


def weighed(found: NDArray[np.int64], rarity: Floats) -> tuple[NDArray[np.int64], Floats]:
    """
    Return the numbers of ``found``, each once, and their values.

    A value is what is rare, and how often it comes: ``(1 + log count) * rarity``.  The vector
    that they form has length 1, or is empty.
    """
    numbers, often = np.unique(found, return_counts=True)
    values = (1 + np.log(often, dtype=np.float32)) * rarity.take(numbers)
    length: Floats = values / max(math.sqrt(float(values @ values)), 1e-9)
    return numbers, length
