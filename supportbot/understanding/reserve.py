"""
Questions that fine-tuning never sees, so that something honest can be measured afterwards.

What a head says of questions that its encoder was trained on is worth nothing, whatever is
left out of the head.  Which questions are kept back depends on their words alone: it stays so
when others are added or leave, and a question that is new since is no exception.
"""

import hashlib
from typing import Final

from supportbot.understanding.text import normalise

ONE_IN: Final = 7


def is_reserved(question: str, one_in: int = ONE_IN) -> bool:
    """Whether ``question`` is kept back, as one in ``one_in`` is."""
    digest = hashlib.sha256(normalise(question).encode()).digest()
    return int.from_bytes(digest[:8]) % one_in == 0
