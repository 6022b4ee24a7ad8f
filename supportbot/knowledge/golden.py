"""
Golden conversations: what must and what must not be said, as support staff write it::

    # The customer's own cap stops the calls

    Account: meadow, whose balance limit is used up

    > limit reached?? i have 120 dollars in there

    - says "a balance limit of $50.00"
    - cites billing/limits#balance-limit
    - does not say "refund"
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from supportbot.answer import AccountCitation, Answer, DocCitation
from supportbot.conversation import Utterance

Kind = Literal["says", "does not say", "cites", "outcome", "intent", "finds"]

_MARKS = re.compile(r"[ \t]*\[\d+\]|\*\*")


@dataclass(frozen=True, slots=True)
class Expectation:
    """One line below a question: what its answer has to be like."""

    kind: Kind
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, and what is expected of its answer."""

    question: str
    expectations: tuple[Expectation, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """Questions that one person asks in turn; ``account`` and ``user`` None: nobody known."""

    path: str
    title: str
    account: str | None
    user: str | None
    at: datetime
    exchanges: tuple[Exchange, ...]

    @property
    def expectations(self) -> Iterator[Expectation]:
        """Everything that is expected, in order."""
        return (each for exchange in self.exchanges for each in exchange.expectations)


def run(conversation: Conversation, answer: Callable[[Utterance], Answer]) -> tuple[str, ...]:
    """Ask everything in turn, a minute apart; return what is not as expected, with its line."""
    faults: list[str] = []
    for number, exchange in enumerate(conversation.exchanges):
        given = answer(
            Utterance(
                text=exchange.question,
                at=conversation.at + timedelta(minutes=number),
                account=conversation.account,
                user=conversation.user,
                conversation=f"golden-{Path(conversation.path).stem}",
            )
        )
        for expectation in exchange.expectations:
            problem = _problem(expectation, given)
            if problem:
                faults.append(f"{conversation.path}, line {expectation.line}: {problem}")
    return tuple(faults)


def _problem(expectation: Expectation, answer: Answer) -> str | None:
    value = expectation.value
    said = _plain(value) in _plain(answer.text)
    match expectation.kind:
        case "says":
            return None if said else f"“{value}” is not said. The answer is: {answer.text}"
        case "does not say":
            return f"“{value}” is said. The answer is: {answer.text}" if said else None
        case "cites":
            return _unless(value in _cited(answer), "cites", _cited(answer), value)
        case "outcome":
            return _unless(value == answer.outcome, "has the outcome", [answer.outcome], value)
        case "intent":
            names = [intent.name for intent in answer.intents]
            return _unless(value in names, "has the intent", names, value)
        case "finds":
            causes = [finding.cause for finding in answer.findings]
            return _unless(value in causes, "finds", causes, value)


def _unless(holds: bool, verb: str, actual: Sequence[str], expected: str) -> str | None:
    return None if holds else f"the answer {verb} {', '.join(actual) or 'nothing'}, not {expected}."


def _cited(answer: Answer) -> list[str]:
    """Name what an answer cites, as conversations name it, each once."""
    names: dict[str, None] = {}
    for citation in answer.citations:
        if isinstance(citation, DocCitation):
            names[f"{citation.article}#{citation.section}"] = None
        elif isinstance(citation, AccountCitation):
            names[f"{citation.record} {citation.id}"] = None
    return list(names)


def _plain(text: str) -> str:
    """Leave out the marks of sources and of bold type, so that words are found as they are read."""
    return " ".join(_MARKS.sub("", text).split()).casefold()
