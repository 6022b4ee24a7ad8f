"""Reading golden conversations as support staff write them; see ``supportbot.knowledge.golden``."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, get_args

from supportbot.answer import Outcome
from supportbot.errors import ArticleError
from supportbot.knowledge.files import files_below, read_text
from supportbot.knowledge.golden import Conversation, Exchange, Expectation, Kind
from supportbot.knowledge.vocabulary import did_you_mean

NOBODY: Final = "nobody"
DEFAULT_AT: Final = datetime(2026, 11, 23, 9, tzinfo=UTC)
RECORDS: Final = (
    "account",
    "balance",
    "limits",
    "credit_grant",
    "invoice",
    "payment",
    "payment_method",
    "auto_recharge",
    "api_key",
    "last_error",
    "model_access",
    "quote",
    "incident",
)
_EXPECTATION = re.compile(
    r"- (?:(?P<said>says|does not say) [\"“](?P<words>.+)[\"”]"
    r"|(?P<kind>cites|outcome|intent|finds) (?P<value>\S+(?: \S+)?))\s*"
)
_HEADER = re.compile(r"(?P<name>Account|At|User):[ \t]*(?P<value>.+)")
_DOCUMENTATION = re.compile(r"[a-z0-9/_-]+#[a-z0-9_-]+")
_NOT_UNDERSTOOD: Final = (
    "this line is not understood; write a question (> …) or one of: "
    '- says "…", - does not say "…", - cites billing/credits#credit-packs, '
    "- cites invoice in_2041, - outcome answered, - intent credit_expiry, - finds prepaid_card."
)


def read_conversations(folder: Path) -> tuple[Conversation, ...]:
    """
    Read every conversation below a folder, in the order of the files.

    Raises:
        ArticleError: one of them cannot be understood.
    """
    return tuple(read_conversation(path) for path in files_below(folder))


def read_conversation(path: Path) -> Conversation:
    """
    Read one conversation.

    Raises:
        ArticleError: the file cannot be understood; names the line.
    """
    return parse_conversation(read_text(path), str(path))


def parse_conversation(text: str, path: str) -> Conversation:
    """
    Understand the text of a conversation.

    Raises:
        ArticleError: something is missing or is none of the known lines; names the line.
    """
    reading = _Reading(path)
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            reading.take(line.strip(), number)
    return reading.finish()


@dataclass(slots=True)
class _Reading:
    """A conversation as far as it has been read."""

    path: str
    title: str = ""
    header: dict[str, tuple[str, int]] = field(default_factory=dict)
    questions: list[tuple[str, int]] = field(default_factory=list)
    expected: list[list[Expectation]] = field(default_factory=list)

    def take(self, line: str, number: int) -> None:
        """Take in one line that is not empty."""
        if line.startswith("# ") and not self.title:
            self.title = line.removeprefix("# ").strip()
        elif (found := _HEADER.fullmatch(line)) and not self.questions:
            self.header[found["name"]] = (found["value"].strip(), number)
        elif line.startswith(">"):
            self._ask(line.removeprefix(">").strip(), number)
        elif line.startswith("- ") and self.questions:
            self.expected[-1].append(self._expectation(line, number))
        else:
            raise self.error(number, _NOT_UNDERSTOOD)

    def finish(self) -> Conversation:
        """Return the conversation, if nothing is missing."""
        if not self.title:
            raise self.error(1, "begin with a title: # What this conversation shows")
        if "Account" not in self.header:
            raise self.error(1, "say who asks: `Account: northwind` or `Account: nobody`.")
        if not self.questions:
            raise self.error(1, "there is no question; write one like: > why is it blocked")
        self._refuse_unanswered()
        account = self.header["Account"][0].partition(",")[0].strip()
        user = self.header["User"][0] if "User" in self.header else None
        exchanges = tuple(
            Exchange(question, tuple(expected))
            for (question, _), expected in zip(self.questions, self.expected, strict=True)
        )
        known = None if account == NOBODY else account
        return Conversation(self.path, self.title, known, user, self._at(), exchanges)

    def error(self, number: int, problem: str) -> ArticleError:
        return ArticleError(self.path, number, problem)

    def _ask(self, words: str, number: int) -> None:
        """A question may run over several lines, each with its own mark."""
        if not words:
            raise self.error(number, "the question is empty.")
        if self.questions and not self.expected[-1]:
            question, first = self.questions[-1]
            self.questions[-1] = (f"{question}\n{words}", first)
            return
        self.questions.append((words, number))
        self.expected.append([])

    def _refuse_unanswered(self) -> None:
        for (_, number), expected in zip(self.questions, self.expected, strict=True):
            if not expected:
                raise self.error(number, 'say what the answer has to be: - says "…"')

    def _at(self) -> datetime:
        if "At" not in self.header:
            return DEFAULT_AT
        written, number = self.header["At"]
        try:
            at = datetime.fromisoformat(written)
        except ValueError:
            at = None
        if at is None or at.tzinfo is None:
            raise self.error(number, "write the instant like 2026-11-23T09:00:00Z.")
        return at

    def _expectation(self, line: str, number: int) -> Expectation:
        found = _EXPECTATION.fullmatch(line)
        if found is None:
            raise self.error(number, _NOT_UNDERSTOOD)
        if found["said"]:
            said: Kind = "says" if found["said"] == "says" else "does not say"
            return Expectation(said, found["words"], number)
        kind = next(each for each in get_args(Kind) if each == found["kind"])
        value = found["value"]
        if problem := _unknown(kind, value):
            raise self.error(number, problem)
        return Expectation(kind, value, number)


def _unknown(kind: Kind, value: str) -> str | None:
    """Say what is wrong with a name that can be judged without any knowledge at hand."""
    if kind == "outcome" and value not in get_args(Outcome):
        hint = did_you_mean(value, get_args(Outcome))
        return f"there is no outcome “{value}”.{hint}"
    if kind != "cites" or _DOCUMENTATION.fullmatch(value):
        return None
    record, _, item = value.partition(" ")
    if record in RECORDS and item:
        return None
    hint = did_you_mean(record, RECORDS)
    return f"“{value}” names neither a passage nor a record and its id.{hint}"
