"""Keeps the turns of conversations, and gives back what the next message may refer to."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, cast

from sqlalchemy import Engine, Row, Select, bindparam, func, insert, select, update

from supportbot.account import Role
from supportbot.answer import Reason
from supportbot.conversation import Context, Turn
from supportbot.store.engine import writing
from supportbot.store.faults import plain_faults
from supportbot.store.handoffs import handoff_of_turn, keep_handoff
from supportbot.store.receipts import Receipt, keep_receipt
from supportbot.store.tables import handoffs, turns

_PARTS = {part.name for part in fields(Context)}
_COLUMNS = tuple(part.name for part in fields(Turn))

_ITSELF = (turns.c.conversation == bindparam("of"), turns.c.key == bindparam("itself"))
_ASKER = (
    turns.c.account.is_not_distinct_from(bindparam("by")),
    turns.c.user.is_not_distinct_from(bindparam("as_user")),
)
_SEQ_OF_ITSELF = select(turns.c.seq).where(*_ITSELF).scalar_subquery()
_CONTEXT_BEFORE = (
    select(turns.c.context)
    .where(
        turns.c.conversation == bindparam("of"),
        *_ASKER,
        turns.c.seq < func.coalesce(_SEQ_OF_ITSELF, turns.c.seq + 1),
    )
    .order_by(turns.c.seq.desc())
    .limit(1)
)
_OWNER = (
    select(turns.c.account, turns.c.user)
    .where(turns.c.conversation == bindparam("of"))
    .order_by(turns.c.seq)
    .limit(1)
)
_LAST_CONTEXT = (
    select(turns.c.context)
    .where(turns.c.conversation == bindparam("of"))
    .order_by(turns.c.seq.desc())
    .limit(1)
)
_LAST_ROLE = (
    select(turns.c.role)
    .where(turns.c.conversation == bindparam("of"), *_ASKER, turns.c.role.is_not(None))
    .order_by(turns.c.seq.desc())
    .limit(1)
)
_OPEN = handoffs.c.state == "open"
_REPLACE = update(turns).where(*_ITSELF)
_BY_ANSWER = (
    select(turns)
    .where(turns.c.answer_id == bindparam("answer"))
    .order_by(turns.c.seq.desc())
    .limit(1)
)


class ConversationStore:
    """
    The table ``turns``, which must be there already (``schema.upgrade``).

    Texts must be redacted before they come here.  Every method raises StoreUnavailable when
    the database cannot be used; nothing is half stored then.
    """

    def __init__(self, engine: Engine) -> None:
        """Use the database that ``engine`` opens."""
        self.engine = engine

    def context(
        self, conversation: str, key: str, account: str | None, user: str | None
    ) -> Context:
        """
        Return what the message ``key`` may refer to.

        That is the context after the last turn of the same asker; when the message has been
        stored before, the one that it met then, so that it gets the same answer again.
        """
        asked = {"of": conversation, "itself": key, "by": account, "as_user": user}
        found = self._first(_CONTEXT_BEFORE, asked)
        return _context(found.context) if found else Context()

    def append(self, turn: Turn, receipt: Receipt | None = None) -> None:
        """
        Store ``turn`` in one transaction; the same message again keeps its place.

        With it are stored the hand-off that its answer promises, and the receipt.

        Raises:
            AlreadyDone: there is a receipt under that key, and nothing was stored.
        """
        values = asdict(turn)
        again = values | {"of": turn.conversation, "itself": turn.key}
        with plain_faults(self.engine), writing(self.engine).begin() as connection:
            if connection.execute(_REPLACE, again).rowcount == 0:
                connection.execute(insert(turns), values)
            promised = json.loads(turn.answer).get("handoff")
            if promised:
                keep_handoff(connection, handoff_of_turn(turn, promised["reason"]))
            if receipt:
                keep_receipt(connection, receipt)

    def owner(self, conversation: str) -> tuple[str | None, str | None] | None:
        """Return the account and the user whose conversation it is; None: there is none."""
        found = self._first(_OWNER, {"of": conversation})
        return (found.account, found.user) if found else None

    def reason_now(self, conversation: str) -> Reason:
        """Return why a person would be needed who is asked for now."""
        found = self._first(_LAST_CONTEXT, {"of": conversation})
        return _context(found.context).reason if found else "requested"

    def role_of(self, conversation: str, account: str | None, user: str | None) -> Role | None:
        """Return the asker's role in a conversation as it was known last; never another asker's."""
        asked = {"of": conversation, "by": account, "as_user": user}
        found = self._first(_LAST_ROLE, asked)
        return cast(Role, found.role) if found else None

    def waiting(self, most: int) -> dict[str, tuple[Turn, ...]]:
        """Return the last turns, ``most`` of each, of the conversations that wait for a person."""
        newest = func.row_number().over(
            partition_by=turns.c.conversation, order_by=turns.c.seq.desc()
        )
        waits = handoffs, handoffs.c.conversation == turns.c.conversation
        ranked = select(turns, newest.label("place")).join(*waits).where(_OPEN).subquery()
        query = select(ranked).where(ranked.c.place <= most).order_by(ranked.c.seq)
        found = defaultdict[str, list[Turn]](list)
        with plain_faults(self.engine), self.engine.connect() as connection:
            for row in connection.execute(query):
                found[row.conversation].append(_turn(row))
        return {conversation: tuple(those) for conversation, those in found.items()}

    def turn_by_answer(self, answer_id: str) -> Turn | None:
        """Return the turn with that answer; None: there is none."""
        found = self._first(_BY_ANSWER, {"answer": answer_id})
        return _turn(found) if found else None

    def turns(self, conversation: str) -> tuple[Turn, ...]:
        """Return all turns of the conversation, the oldest first."""
        query = select(turns).where(turns.c.conversation == conversation).order_by(turns.c.seq)
        with plain_faults(self.engine), self.engine.connect() as connection:
            return tuple(_turn(row) for row in connection.execute(query))

    def _first(self, query: Select[Any], asked: Mapping[str, str | None]) -> Row[Any] | None:
        with plain_faults(self.engine), self.engine.connect() as connection:
            return connection.execute(query, asked).first()


def _turn(row: Row[Any]) -> Turn:
    values = {name: row._mapping[name] for name in _COLUMNS}
    return Turn(**values | {"context": _context(values["context"])})


def _context(stored: Mapping[str, Any]) -> Context:
    """Read a context that another version may have stored: parts unknown now are left out."""
    parts: dict[str, Any] = {
        name: tuple(part) if isinstance(part, list) else part
        for name, part in stored.items()
        if name in _PARTS
    }
    return Context(**parts)
