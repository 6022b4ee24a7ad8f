"""Counts of words or letters as a sparse vector."""

import math
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from supportbot.understanding.neighbours import Floats


def weighed(counts: Counter[int], rarity: Floats) -> tuple[NDArray[np.int64], Floats]:
    """
    Return the numbers counted and their values; the vector has length 1, or is empty.

    A value is what is rare, and how often it comes: ``(1 + log count) * rarity``.
    """
    numbers = np.fromiter(counts, dtype=np.int64, count=len(counts))
    often = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
    values = (1 + np.log(often)) * rarity[numbers] if counts else often
    length: Floats = values / max(math.sqrt(float(values @ values)), 1e-9)
    return numbers, length
