"""
What the bot says, and on what grounds: the Answer object of the public interface.

A figure gets into ``Answer.text`` only together with a citation: of the documentation
(a verbatim passage), of a field of the account record, or of a sum over such fields.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Outcome = Literal[
    "answered", "clarify", "not_covered", "out_of_scope", "handoff", "smalltalk", "empty"
]
Grade = Literal["certain", "likely", "possible"]
Reason = Literal["requested", "not_covered", "unsure", "account_unreadable", "language", "safety"]
"""Why a person is needed: asked for, or what the bot could not do before that."""


@dataclass(frozen=True, slots=True)
class DocCitation:
    """A passage of the documentation; ``quote`` is a verbatim run of it."""

    article: str
    section: str
    title: str
    quote: str
    url: str | None


@dataclass(frozen=True, slots=True)
class AccountCitation:
    """
    A field of the account record, as read at ``as_of``; ``shown`` stands in the text.

    ``source`` is the system that it was read from, as in SUPPORTBOT_ACCOUNTS; empty: not known.
    """

    record: str
    id: str
    field: str
    raw: Any
    shown: str
    as_of: datetime
    source: str = ""


@dataclass(frozen=True, slots=True)
class ComputedCitation:
    """A sum over account fields; ``inputs`` are the citations that it is made from."""

    formula: str
    inputs: tuple[AccountCitation, ...]
    raw: Any
    shown: str


Citation = DocCitation | AccountCitation | ComputedCitation


@dataclass(frozen=True, slots=True)
class Understood:
    """An intent of the message; ``confidence`` has two decimals, so that bytes are stable."""

    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class FindingNote:
    """A cause of blocked access, and the numbers of the citations that show it in the text."""

    cause: str
    grade: Grade
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Handoff:
    """A person takes over; ``reason`` is a code, ``summary`` is for that person."""

    reason: Reason
    summary: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; ``citations`` are numbered from 1 in this order."""

    id: str
    conversation: str
    asked_at: datetime
    outcome: Outcome
    text: str
    intents: tuple[Understood, ...] = ()
    citations: tuple[Citation, ...] = ()
    findings: tuple[FindingNote, ...] = ()
    ruled_out: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()
    handoff: Handoff | None = None
