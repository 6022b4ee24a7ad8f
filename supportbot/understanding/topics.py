"""What a message can be about: one topic for each article of the knowledge base."""

from dataclasses import dataclass
from typing import Final

NOT_COVERED: Final = "in_domain_not_covered"
OUT_OF_SCOPE: Final = "out_of_scope"
REFUSING: Final = frozenset({NOT_COVERED, OUT_OF_SCOPE})
"""The intents whose articles say that there is no answer here."""


@dataclass(frozen=True, slots=True)
class Topic:
    """
    One article, as the matcher sees it.

    Several topics may share an intent; ``asked_as`` are questions that people have put, and
    ``asked_abroad`` those in other languages than English.
    """

    slug: str
    intent: str
    title: str
    asked_as: tuple[str, ...] = ()
    asked_abroad: tuple[str, ...] = ()
