"""
What to make of a reading: understood, or not.

Wrong answers are the worst outcome.  So the intents that answer and those that refuse each
have a threshold of their own.
"""

from dataclasses import dataclass
from typing import Final

from supportbot.understanding.head import Reading
from supportbot.understanding.model import Thresholds
from supportbot.understanding.topics import OUT_OF_SCOPE, REFUSING, Topic

SMALLTALK: Final = frozenset({"greeting", "thanks"})
TROUBLES: Final = frozenset(
    (
        *("access_blocked", "card_declined", "bank_authorization", "human_handoff"),
        *("auto_recharge_multiple_charges", "job_balance_requirement"),
    )
)
"""Intents that are put by telling what went wrong."""
MOST_SUGGESTIONS: Final = 3
DEFAULT_SUGGESTIONS: Final = ("access-blocked", "account-balance", "buy-credits")


@dataclass(frozen=True, slots=True)
class Decision:
    """A topic, and how likely it is that its intent was meant."""

    topic: Topic
    confidence: float


def decide(reading: Reading, thresholds: Thresholds) -> Decision | None:
    """Return the topic of ``reading``; None: unsure."""
    if reading.nearest < thresholds.far:
        return _stranger(reading)
    intent, confidence = reading.intents[0]
    if intent not in REFUSING:
        return (
            Decision(reading.best_of(intent), confidence)
            if confidence >= thresholds.answers_from(intent)
            else None
        )
    none = round(min(1.0, sum(p for name, p in reading.intents if name in REFUSING)), 2)
    return Decision(reading.best_of(intent), none) if none >= thresholds.refuse else None


def suggestions(reading: Reading) -> tuple[str, ...]:
    """Return the best topic of each of the likeliest intents that one can ask about."""
    offered = (
        reading.best_of(intent).slug
        for intent, _ in reading.intents
        if intent not in SMALLTALK and intent != OUT_OF_SCOPE
    )
    return tuple(offered)[:MOST_SUGGESTIONS]


def _stranger(reading: Reading) -> Decision | None:
    """Return the likeliest topic that is out of scope, for a message like nothing known."""
    topic = next((topic for topic, _ in reading.topics if topic.intent == OUT_OF_SCOPE), None)
    return Decision(topic, round(1 - reading.nearest, 2)) if topic else None
