"""Keeps the turns of conversations, and gives back what the next message may refer to."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, Select, func, insert, select, update

from supportbot.conversation import Context, Turn
from supportbot.store.engine import writing
from supportbot.store.faults import plain_faults
from supportbot.store.tables import turns

_PARTS = {part.name for part in fields(Context)}


class ConversationStore:
    """
    The table ``turns``, which must be there already (``schema.upgrade``).

    Texts must be redacted before they come here.  Every method raises StoreUnavailable when
    the database cannot be used; nothing is half stored then.
    """

    def __init__(self, engine: Engine) -> None:
        """Use the database that ``engine`` opens."""
        self._engine = engine

    def context(
        self, conversation: str, key: str, account: str | None, user: str | None
    ) -> Context:
        """
        Return what the message ``key`` may refer to.

        That is the context after the last turn of the same asker; when the message has been
        stored before, the one that it met then, so that it gets the same answer again.
        """
        itself = select(turns.c.seq).where(*_is(conversation, key)).scalar_subquery()
        found = self._first(
            select(turns.c.context)
            .where(
                turns.c.conversation == conversation,
                turns.c.account.is_not_distinct_from(account),
                turns.c.user.is_not_distinct_from(user),
                turns.c.seq < func.coalesce(itself, turns.c.seq + 1),
            )
            .order_by(turns.c.seq.desc())
        )
        return _context(found.context) if found else Context()

    def append(self, turn: Turn) -> None:
        """Store ``turn`` in one transaction; the same message again keeps its place."""
        values = asdict(turn)
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            again = update(turns).where(*_is(turn.conversation, turn.key)).values(values)
            if connection.execute(again).rowcount == 0:
                connection.execute(insert(turns).values(values))

    def turn_by_answer(self, answer_id: str) -> Turn | None:
        """Return the turn with that answer; None: there is none."""
        query = select(turns).where(turns.c.answer_id == answer_id)
        found = self._first(query.order_by(turns.c.seq.desc()))
        return _turn(found) if found else None

    def turns(self, conversation: str) -> tuple[Turn, ...]:
        """Return all turns of the conversation, the oldest first."""
        query = select(turns).where(turns.c.conversation == conversation).order_by(turns.c.seq)
        with plain_faults(self._engine), self._engine.connect() as connection:
            return tuple(_turn(row) for row in connection.execute(query))

    def _first(self, query: Select[Any]) -> Row[Any] | None:
        with plain_faults(self._engine), self._engine.connect() as connection:
            return connection.execute(query.limit(1)).first()


def _is(conversation: str, key: str) -> tuple[ColumnElement[bool], ...]:
    return turns.c.conversation == conversation, turns.c.key == key


def _turn(row: Row[Any]) -> Turn:
    values = dict(row._mapping)
    del values["seq"]
    return Turn(**values | {"context": _context(values["context"])})


def _context(stored: Mapping[str, Any]) -> Context:
    """Read a context that another version may have stored: parts unknown now are left out."""
    parts: dict[str, Any] = {
        name: tuple(part) if isinstance(part, list) else part
        for name, part in stored.items()
        if name in _PARTS
    }
    return Context(**parts)
