"""What every helpdesk can do.  It has no method that writes to a customer, on purpose."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from typing import Any, Final, Protocol

from supportbot.errors import SupportbotError

TOLERANCE_SECONDS: Final = 300


class BadSignature(SupportbotError):
    """A call that the helpdesk did not sign, or signed too long ago."""


class Superseded(SupportbotError):
    """The ticket has changed since it was read: the draft may be stale."""


class DeskUnavailable(SupportbotError):
    """
    The helpdesk did not do what was asked, or nobody knows whether it did.

    ``seconds`` until it may be asked again; ``lasting``: another try does not mend it.
    """

    def __init__(self, text: str, seconds: float | None = None, *, lasting: bool = False) -> None:
        super().__init__(text)
        self.seconds = seconds
        self.lasting = lasting


@dataclass(frozen=True, slots=True)
class CustomerWrote:
    """
    A new public message of a customer; ``key`` is the same at every delivery.

    ``told`` is what came with it, of a helpdesk that cannot be read.
    """

    key: str
    ticket: str
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Thread:
    """
    A ticket as it is now.

    ``text`` is what the requester wrote in public since somebody replied, all of it.
    ``account`` is None unless the helpdesk itself has verified the requester.  ``version`` changes
    whenever somebody writes.  ``waits``: the last public message is the requester's, and
    ``message`` is its id.  ``reply`` is the last public message of somebody else, and
    ``replied_at`` when it was written.
    """

    ticket: str
    text: str
    waits: bool
    version: str
    requester: str
    message: str
    account: str | None = None
    notes: tuple[str, ...] = ()
    reply: str = ""
    replied_at: datetime | None = None


class Helpdesk(Protocol):
    """One helpdesk; ``can_be_read``: whether ``thread`` asks it, and shows what became of it."""

    name: str
    can_be_read: bool

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Raise ``BadSignature`` unless ``body``, byte for byte, is theirs and fresh."""
        ...

    def event(self, headers: Mapping[str, str], body: bytes) -> CustomerWrote | None:
        """Return what happened; None: nothing that asks for a draft."""
        ...

    def thread(self, event: CustomerWrote) -> Thread:
        """
        Return the conversation as it is now.

        Raises:
            DeskUnavailable: it cannot be read.
        """
        ...

    def post_private_note(self, thread: Thread, note: str, draft: str) -> None:
        """
        Add a note for agents alone; ``draft`` is the id of the draft in it.

        Raises:
            Superseded: the ticket has changed since ``thread`` was read.
            DeskUnavailable: it was not done, or nobody knows whether it was.
        """
        ...


def unanswered(public: Sequence[Mapping[str, Any]], theirs: Callable[[Any], bool]) -> list[Any]:
    """Return the messages at the end of ``public`` that are the requester's, the oldest first."""
    return list(takewhile(theirs, reversed(public)))[::-1]


def fresh(stamp: datetime, now: datetime) -> None:
    """Raise ``BadSignature`` when a call was signed more than five minutes ago, or will be."""
    if abs((now - stamp).total_seconds()) > TOLERANCE_SECONDS:
        raise BadSignature("The call was signed too long ago.")
