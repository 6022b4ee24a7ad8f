"""
The questions in one message, of which there may be several.

A message is read as a whole first.  Its parts have to be surer than a whole one to count.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from supportbot.understanding.decision import SMALLTALK, TROUBLES, Decision, decide
from supportbot.understanding.head import Reading
from supportbot.understanding.model import Thresholds
from supportbot.understanding.splitting import asks, halves, parts
from supportbot.understanding.topics import REFUSING

PART: Final = 0.5
"""A part of a message is a question of its own from this confidence on."""
SURE_PART: Final = 0.85
SURE_COMPLAINT: Final = 0.9
"""The same for a statement, which may be mere context."""
SURE_BY_ITSELF: Final = 0.99
"""The same for one that leads up to a question, or that the whole message does not bear out."""
BORNE_OUT: Final = 0.01
"""What the whole message must give an intent that only a part of it is sure of."""
TOLD: Final = 0.05
"""The same for half of it that does not ask."""
SURE_WHOLE: Final = 0.9
"""What the whole message is so sure of must be among its parts, or these were cut wrongly."""
SURE_HALF: Final = 0.9
"""Half of a message asks something of its own from this confidence on."""
MOST_HALVINGS: Final = 2
"""Halves of halves are at most four parts; more would cost more passes than they are worth."""

Parts = tuple[tuple[str, Decision], ...]
Read = Callable[[str], Reading]
Decided = Callable[[str], Decision | None]


def questions(text: str, read: Read, thresholds: Thresholds) -> Parts:
    """
    Return what the parts of ``text`` ask, each topic once, in the order of the text.

    Fewer than two intents: the parts say no more than the whole.  A text that seems to be about
    one thing and asks once is not looked at any further, as each look costs a pass.
    """
    pieces = parts(text)
    if len(_likely(text, read)) < 2 and sum(map(asks, pieces)) < 2:
        return ()
    found = _in_pieces(pieces, read, thresholds, read(text)) if pieces[1:] else ()
    found = found if _several(found) else _in_halves(text, read, thresholds) or found
    whole = decide(read(text), thresholds)
    missed = whole and whole.topic.intent not in {part.topic.intent for _, part in found}
    return () if whole and missed and whole.confidence >= SURE_WHOLE else found


def _likely(text: str, read: Read) -> Mapping[str, float]:
    """Return what ``text``, as a whole, bears out, and how far."""
    shares = dict(read(text).intents).items()
    return {name: of for name, of in shares if of >= BORNE_OUT and name not in SMALLTALK}


def _several(found: Parts) -> bool:
    return len({decision.topic.intent for _, decision in found}) > 1


def _in_pieces(pieces: Sequence[str], read: Read, thresholds: Thresholds, whole: Reading) -> Parts:
    """
    Return the questions that ``pieces`` of a message ask.

    Statements belong to the question that they lead up to, unless that is clear without them.
    """

    def decided(piece: str) -> Decision | None:
        return decide(read(piece), thresholds)

    found: dict[str, tuple[str, Decision]] = {}
    context: list[str] = []
    for piece in pieces:
        if not asks(piece):
            context.append(piece)
            continue
        text, decision = _with_context(context, piece, decided)
        sure = SURE_COMPLAINT if text == piece else SURE_BY_ITSELF
        told = _complaints(context, decided, whole, sure)
        for part in (*told, *_question(text, decision, whole)):
            found.setdefault(part[1].topic.slug, part)
        context = []
    for part in _complaints(context, decided, whole, SURE_COMPLAINT):
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
    needed = _needed(decision, whole, PART, SURE_PART)
    return ((text, decision),) if decision.confidence >= needed else ()


def _complaints(told: Sequence[str], decided: Decided, whole: Reading, sure: float) -> Parts:
    """Return the statements that tell of a trouble, which is as good as asking about it."""
    heard = ((text, decided(text)) for text in told)
    return tuple(
        (text, decision)
        for text, decision in heard
        if decision
        and decision.topic.intent in TROUBLES
        and decision.confidence >= _needed(decision, whole, sure, SURE_BY_ITSELF)
    )


def _needed(decision: Decision, whole: Reading, borne_out: float, otherwise: float) -> float:
    """Return what confidence a part needs, by whether the whole message bears it out."""
    likely = dict(whole.intents).get(decision.topic.intent, 0.0)
    return borne_out if likely >= BORNE_OUT else otherwise


def _in_halves(text: str, read: Read, thresholds: Thresholds, times: int = MOST_HALVINGS) -> Parts:
    """
    Return the questions on the two sides of a cut that are sure of different ones.

    Only what the whole bears out counts.  None: there is no such cut.
    """
    likely = _likely(text, read)
    if len(likely) < 2 or not times:
        return ()

    def sure(side: str) -> Decision | None:
        decision = decide(read(side), thresholds)
        return decision if decision and _stands(side, decision, likely) else None

    cut = (_both(sides, sure) for sides in halves(text))
    best = max(filter(_differ, cut), key=_surest, default=())
    sides = ((_in_halves(side, read, thresholds, times - 1), (side, of)) for side, of in best)
    return tuple(part for further, itself in sides for part in further or (itself,))


def _stands(side: str, decision: Decision, likely: Mapping[str, float]) -> bool:
    """Whether one side of a cut is sure of something ``likely``; what refuses has to ask, too."""
    share = likely.get(decision.topic.intent, 0.0)
    told = share >= TOLD and decision.topic.intent not in REFUSING
    return decision.confidence >= SURE_HALF and share > 0 and (told or asks(side))


def _both(sides: tuple[str, str], sure: Decided) -> Parts:
    """Return both sides if both are sure; the second is not read where the first is not."""
    left, right = sides
    first = sure(left)
    second = sure(right) if first else None
    return ((left, first), (right, second)) if first and second else ()


def _differ(sides: Parts) -> bool:
    return _several(sides) and not {decision.topic.intent for _, decision in sides} <= REFUSING


def _surest(sides: Parts) -> float:
    return min(decision.confidence for _, decision in sides)
