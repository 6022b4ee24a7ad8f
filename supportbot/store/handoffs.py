"""Keeps what visitors say of answers, their wish for a person, and what the person replied."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, Engine, case, delete, insert, select, update

from supportbot.answer import Reason
from supportbot.conversation import Turn
from supportbot.store.audit import AuditRow, note
from supportbot.store.engine import writing
from supportbot.store.faults import plain_faults
from supportbot.store.receipts import Receipt, keep_receipt
from supportbot.store.tables import feedback, handoffs, replies

ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""For references that people read out: nothing that is taken for something else."""

URGENT: Final = "safety"

State = Literal["open", "closed"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a visitor thought of an answer; ``comment`` is redacted."""

    answer_id: str
    helpful: bool
    at: datetime
    reason: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Handoff:
    """A conversation that a person is to take over; texts are redacted, but for ``contact``."""

    conversation: str
    reference: str
    account: str | None
    user: str | None
    reason: Reason
    at: datetime
    contact: str | None = None
    note: str | None = None
    state: State = "open"
    holder: str | None = None  # the agent who is at it


@dataclass(frozen=True, slots=True)
class PersonsReply:
    """What a person wrote to the customer."""

    conversation: str
    author: str
    text: str
    at: datetime


class HandoffStore:
    """
    The tables ``feedback``, ``handoffs`` and ``replies``.

    Every method raises StoreUnavailable when the database cannot be used.
    """

    def __init__(self, engine: Engine) -> None:
        """Use the database that ``engine`` opens."""
        self._engine = engine

    def rate(self, given: Feedback, receipt: Receipt | None = None) -> None:
        """Keep feedback; the last one on an answer counts.  Raises AlreadyDone, too."""
        values = _values(given)
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            connection.execute(delete(feedback).where(feedback.c.answer_id == given.answer_id))
            connection.execute(insert(feedback), values)
            _keep(connection, receipt)

    def feedback_on(self, answer_id: str) -> Feedback | None:
        """Return the feedback on an answer; None: there is none."""
        query = select(feedback).where(feedback.c.answer_id == answer_id)
        with plain_faults(self._engine), self._engine.connect() as connection:
            found = connection.execute(query).first()
        return Feedback(**found._mapping) if found else None

    def hand_over(
        self, wanted: Handoff, receipt: Callable[[Handoff], Receipt] | None = None
    ) -> Handoff:
        """
        Keep the wish for a person; the first reference of a conversation stays.

        A contact or a note that is given later is added; danger becomes the reason of an open
        one.  ``receipt`` makes the receipt of what is kept.

        Raises:
            AlreadyDone: there is a receipt under that key, and nothing was stored.
        """
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            kept = keep_handoff(connection, wanted)
            _keep(connection, receipt and receipt(kept))
        return kept

    def handoff_of(self, conversation: str) -> Handoff | None:
        """Return the hand-off of a conversation; None: none was wished for."""
        with plain_faults(self._engine), self._engine.connect() as connection:
            return _find(connection, conversation)

    def open_ones(self) -> tuple[Handoff, ...]:
        """Return the hand-offs that wait for a person: dangers first, then the oldest."""
        urgent = case((handoffs.c.reason == URGENT, 0), else_=1)
        query = select(handoffs).where(handoffs.c.state == "open").order_by(urgent, handoffs.c.at)
        with plain_faults(self._engine), self._engine.connect() as connection:
            return tuple(Handoff(**row._mapping) for row in connection.execute(query))

    def by_reference(self, reference: str) -> Handoff | None:
        """Return a hand-off by its reference; None: there is none."""
        query = select(handoffs).where(handoffs.c.reference == reference)
        with plain_faults(self._engine), self._engine.connect() as connection:
            found = connection.execute(query).first()
        return Handoff(**found._mapping) if found else None

    def close(self, conversation: str, by: str) -> None:
        """Give a conversation back to the bot; audited."""
        place = handoffs.c.conversation == conversation
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            connection.execute(update(handoffs).where(place).values(state="closed", holder=None))
            note(connection, AuditRow(datetime.now(UTC), by, "close", conversation))

    def replies_in(self, conversation: str) -> tuple[PersonsReply, ...]:
        """Return what persons wrote in a conversation, the oldest first."""
        query = select(replies).where(replies.c.conversation == conversation)
        with plain_faults(self._engine), self._engine.connect() as connection:
            rows = connection.execute(query.order_by(replies.c.seq)).all()
        return tuple(PersonsReply(r.conversation, r.author, r.text, r.at) for r in rows)


def new_reference() -> str:
    """Make a reference that nobody can count up to."""
    return "H-" + "".join(secrets.choice(ALPHABET) for _ in range(8))


def handoff_of_turn(turn: Turn, reason: Reason) -> Handoff:
    """Return the hand-off that an answer has promised."""
    return Handoff(
        turn.conversation, new_reference(), turn.account, turn.user, reason, turn.asked_at
    )


def keep_handoff(connection: Connection, wanted: Handoff) -> Handoff:
    """Keep a hand-off within a transaction; as ``HandoffStore.hand_over``."""
    before = _find(connection, wanted.conversation)
    if before is None:
        connection.execute(insert(handoffs), _values(wanted))
        return wanted
    given = ((name, getattr(wanted, name)) for name in ("contact", "note"))
    changes = {name: value for name, value in given if value is not None}
    if before.state == "closed":  # asked for again: it waits anew
        changes |= {"state": "open", "at": wanted.at, "reason": wanted.reason}
    elif wanted.reason == URGENT:
        changes["reason"] = URGENT
    if changes:
        place = handoffs.c.conversation == wanted.conversation
        connection.execute(update(handoffs).where(place).values(**changes))
    return before


def _find(connection: Connection, conversation: str) -> Handoff | None:
    query = select(handoffs).where(handoffs.c.conversation == conversation)
    found = connection.execute(query).first()
    return Handoff(**found._mapping) if found else None


def _keep(connection: Connection, receipt: Receipt | None) -> None:
    if receipt:
        keep_receipt(connection, receipt)


def _values(kept: Feedback | Handoff) -> dict[str, Any]:
    return {name: getattr(kept, name) for name in kept.__dataclass_fields__}
