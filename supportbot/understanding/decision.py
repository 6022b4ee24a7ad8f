"""
What to make of a reading: understood, or not; and of several readings of one message.

Wrong answers are the worst outcome.  So the intents that answer and those that refuse each
have a threshold of their own, and parts of a message have to be surer than a whole one.
"""

from collections.abc import Callable, Sequence
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
SURE_COMPLAINT: Final = 0.9
"""The same for a statement, which may be mere context."""
BORNE_OUT: Final = 0.01
"""What the whole message must give an intent that only a part of it is sure of."""
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


Parts = tuple[tuple[str, Decision], ...]
Decided = Callable[[str], Decision | None]


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


def several(pieces: Sequence[str], decided: Decided, whole: Reading) -> Parts:
    """
    Return the questions that ``pieces`` of a message ask, each topic once.

    Statements belong to the question that they lead up to, unless that is clear without them.
    Fewer than two intents: the pieces say no more than the whole.
    """
    found: dict[str, tuple[str, Decision]] = {}
    context: list[str] = []
    for piece in pieces:
        if not asks(piece):
            context.append(piece)
            continue
        text, decision = _with_context(context, piece, decided)
        told = context if text == piece else []
        for part in (*_complaints(told, decided, whole), *_question(text, decision, whole)):
            found.setdefault(part[1].topic.slug, part)
        context = []
    for part in _complaints(context, decided, whole):
        found.setdefault(part[1].topic.slug, part)
    return tuple(found.values())


def _with_context(
    context: Sequence[str], piece: str, decided: Decided
) -> tuple[str, Decision | None]:
    """Read a question by itself if it is clear so, else with the statements before it."""
    alone = decided(piece)
    clear = alone and alone.confidence >= SURE_PART and alone.topic.intent not in REFUSING
    if clear or not context:
        return piece, alone
    joined = " ".join((*context, piece))
    return joined, decided(joined)


def _question(text: str, decision: Decision | None, whole: Reading) -> Parts:
    """Return the part if it is a question: borne out by the whole message, or very sure."""
    if decision is None or decision.topic.intent in SMALLTALK:
        return ()
    needed = PART if decision.topic.intent in _borne_out(whole) else SURE_PART
    return ((text, decision),) if decision.confidence >= needed else ()


def _complaints(told: Sequence[str], decided: Decided, whole: Reading) -> Parts:
    """Return the statements that tell of a trouble, which is as good as asking about it."""
    heard = ((text, decided(text)) for text in told)
    return tuple(
        (text, decision)
        for text, decision in heard
        if decision
        and decision.topic.intent in TROUBLES
        and decision.topic.intent in _borne_out(whole)
        and decision.confidence >= SURE_COMPLAINT
    )


def _borne_out(whole: Reading) -> frozenset[str]:
    return frozenset(intent for intent, likely in whole.intents if likely >= BORNE_OUT)


def _stranger(reading: Reading) -> Decision | None:
    """Return the likeliest topic that is out of scope, for a message like nothing known."""
    topic = next((topic for topic, _ in reading.topics if topic.intent == OUT_OF_SCOPE), None)
    return Decision(topic, round(1 - reading.nearest, 2)) if topic else None
