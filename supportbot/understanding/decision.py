"""
What to make of a reading: understood, or not; and of several readings of one message.

Wrong answers are the worst outcome.  So the intents that answer and those that refuse each
have a threshold of their own, and parts of a message have to be surer than a whole one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from supportbot.understanding.head import Reading
from supportbot.understanding.model import Thresholds
from supportbot.understanding.splitting import asks
from supportbot.understanding.topics import OUT_OF_SCOPE, REFUSING, Topic

SMALLTALK: Final = frozenset({"greeting", "thanks"})
PART: Final = 0.5
"""A part of a message is a question of its own from this confidence on."""
SURE_PART: Final = 0.85
BORNE_OUT: Final = 0.03
"""What the whole message must give an intent that only a part of it is sure of."""
MOST_SUGGESTIONS: Final = 3
DEFAULT_SUGGESTIONS: Final = ("access-blocked", "account-balance", "buy-credits")


@dataclass(frozen=True, slots=True)
class Decision:
    """A topic, and how likely it is that its intent was meant."""

    topic: Topic
    confidence: float


Parts = tuple[tuple[str, Decision], ...]


def decide(reading: Reading, thresholds: Thresholds) -> Decision | None:
    """Return the topic of ``reading``; None: unsure."""
    if reading.nearest < thresholds.far:
        return _stranger(reading)
    intent, confidence = reading.intents[0]
    if intent not in REFUSING:
        return (
            Decision(reading.best_of(intent), confidence)
            if confidence >= thresholds.answer
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


def questions(pieces: Sequence[str]) -> tuple[str, ...]:
    """
    Join statements to the question that they lead up to, or else to the one before them.

    Fewer than two results: the message is one question, however many sentences it has.
    """
    joined: list[str] = []
    context: list[str] = []
    for piece in pieces:
        context.append(piece)
        if asks(piece):
            joined.append(" ".join(context))
            context = []
    return tuple(joined)


def several(parts: Iterable[tuple[str, Decision | None]], whole: Reading) -> Parts:
    """
    Return the parts that are questions of their own, each topic once.

    A part has to be borne out by the whole message, or be very sure.  Fewer than two intents:
    the parts say no more than the whole.
    """
    borne_out = {intent for intent, likely in whole.intents if likely >= BORNE_OUT}
    found: dict[str, tuple[str, Decision]] = {}
    for part, decision in parts:
        if decision is None or decision.topic.intent in SMALLTALK:
            continue
        needed = PART if decision.topic.intent in borne_out else SURE_PART
        if decision.confidence >= needed:
            found.setdefault(decision.topic.slug, (part, decision))
    return tuple(found.values())


def _stranger(reading: Reading) -> Decision | None:
    """Return the likeliest topic that is out of scope, for a message like nothing known."""
    topic = next((topic for topic, _ in reading.topics if topic.intent == OUT_OF_SCOPE), None)
    return Decision(topic, round(1 - reading.nearest, 2)) if topic else None
