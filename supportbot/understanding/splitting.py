"""
Several questions in one message.

Cutting is cheap and bold; whether a part is a question of its own is for the matcher to say,
which joins what belongs together.
"""

import re
from typing import Final

_SENTENCE_END = re.compile(r"(?<=[?!])\s+(?=\S)|(?<=[a-z0-9)\"'][.])\s+(?=[A-Z\"'(I])|\s*\n+\s*")
_JOINT = re.compile(
    r"\s*;\s+|\s*[,.]?\s+(?:and\s+also|also,?|and\s+another\s+thing|another\s+thing|and\s+secondly"
    r"|secondly|second\s+question|next\s+question|one\s+more\s+(?:thing|question)|plus,?|oh\s+and"
    r"|besides(?:\s+that)?|btw|by\s+the\s+way)[\s,:-]+(?=\S+\s+\S)",
    re.IGNORECASE,
)
_OPENER = (
    r"(?:what|when|where|which|who|why|how|can|could|do|does|did|is|are|was|were|will|would|"
    r"should|may|must|have|has|am|shall)"
)
_AND_QUESTION = re.compile(
    rf"\s*,?\s+(?:and|or|but)\s+(?={_OPENER}(?:n't)?\s+(?!not\b)\S+\s+\S+)", re.IGNORECASE
)
_BULLET = re.compile(r"^\s*(?:[-*•]|\(?\d{1,2}[.)])\s+")
_ASKS = re.compile(
    rf"\?|^(?:(?:and|but|so|ok|also|please|pls|plz|kindly|hi|hey|then|now|well)[\s,]+)*"
    rf"(?:{_OPENER}(?:n't|'s|s)?\b|(?:tell|show|explain|give|send|help|let|list|check|remove|"
    rf"delete|cancel|change|update|refund|stop|connect|set|turn|switch|get|need|want|wanna)\b"
    rf"|i(?:'d)?\s+(?:want|need|would\s+like|like|wish|wonder|am\s+wondering)\b"
    rf"|(?:we|i)\s+(?:do\s+not|don't)\s+(?:want|know|understand|see)\b|any\s+(?:way|chance|idea)\b"
    rf"|is\s*n't\b|i'm\s+(?:wondering|asking)\b)",
    re.IGNORECASE,
)

MOST_PARTS: Final = 5
"""More parts are not looked at: each costs a pass of the encoder."""
FEWEST_WORDS: Final = 2


def parts(text: str) -> tuple[str, ...]:
    """Cut ``text`` into the sentences and clauses that may be questions of their own."""
    cut = (clause for sentence in _SENTENCE_END.split(text) for clause in _clauses(sentence))
    kept = (_BULLET.sub("", clause).strip(" ,;") for clause in cut)
    return tuple(clause for clause in kept if len(clause.split()) >= FEWEST_WORDS)[:MOST_PARTS]


def asks(part: str) -> bool:
    """Whether ``part`` asks or wishes for something; a bare statement is context."""
    return _ASKS.search(part.strip()) is not None


def _clauses(sentence: str) -> list[str]:
    joined = (piece for piece in _JOINT.split(sentence))
    return [clause for piece in joined for clause in _questions(piece)]


def _questions(piece: str) -> list[str]:
    """Cut "do credits expire and can I pay by card" only if the first half asks, too."""
    halves = _AND_QUESTION.split(piece)
    return halves if asks(halves[0]) else [piece]
