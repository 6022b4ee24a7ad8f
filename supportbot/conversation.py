"""What is asked, by whom, and what the conversation was about so far, as plain values."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from supportbot.account import Role
from supportbot.answer import Reason


@dataclass(frozen=True, slots=True)
class Utterance:
    """
    One message, and who sent it as the channel has proved it.

    ``account`` is None for an anonymous visitor.  ``user`` is an e-mail address, looked up
    among the account's members unless ``role`` says it already; with neither, the asker is
    the operator, who sees everything.  ``email`` is looked up, too, where ``user`` is another
    name.
    """

    text: str
    at: datetime
    account: str | None = None
    user: str | None = None
    role: Role | None = None
    conversation: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """
    What the next message may refer to.

    ``topics`` are the articles of the last answer; ``offers`` what it ended on (topics to go
    on with, or ``human-handoff``); ``focus`` the ids of the record items that it named, in
    their order; ``unsure`` how many answers in a row were none; ``reason`` why a person would be
    needed who is asked for now; ``said`` the words, redacted, that asked for the first of
    ``topics``.
    """

    topics: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    focus: tuple[str, ...] = ()
    unsure: int = 0
    reason: Reason = "requested"
    said: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """
    A message as it may be kept (redacted), and the answer to it.

    ``key`` is unique within the conversation: the same message, sent again, is the same turn.
    ``answer`` is the Answer object as JSON text; ``context`` what the next message may refer to;
    ``role`` the asker's in the account, where it is known.
    """

    conversation: str
    key: str
    asked_at: datetime
    account: str | None
    user: str | None
    text: str
    answer_id: str
    answer: str
    outcome: str
    context: Context
    role: Role | None = None


def well_formed(text: str) -> str:
    """Replace what no database keeps: halves of characters, and NUL."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")


class Conversations(Protocol):
    """Where turns are kept.  Every method raises StoreUnavailable when it cannot."""

    def context(
        self, conversation: str, key: str, account: str | None, user: str | None
    ) -> Context:
        """
        Return what the message ``key`` may refer to.

        That is the context after the last turn of the same asker; when the message has been
        stored before, the one that it met then, so that it gets the same answer again.
        """
        ...

    def append(self, turn: Turn) -> None:
        """Store ``turn`` whole or not at all; the same message again keeps its place."""
        ...

    def turns(self, conversation: str) -> tuple[Turn, ...]:
        """Return all turns of the conversation, the oldest first."""
        ...
