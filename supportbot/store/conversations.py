"""Keeps the turns of conversations, and gives back what the next message may refer to."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, Final

from sqlalchemy import Engine, Row, Select, bindparam, func, insert, select, update

from supportbot.conversation import Context, Turn
from supportbot.store.engine import writing
from supportbot.store.faults import plain_faults
from supportbot.store.handoffs import handoff_of_turn, keep_handoff
from supportbot.store.receipts import Receipt, keep_receipt
from supportbot.store.tables import turns

HANDOFF: Final = "handoff"
_PARTS = {part.name for part in fields(Context)}

_ITSELF = (turns.c.conversation == bindparam("of"), turns.c.key == bindparam("itself"))
_SEQ_OF_ITSELF = select(turns.c.seq).where(*_ITSELF).scalar_subquery()
_CONTEXT_BEFORE = (
    select(turns.c.context)
    .where(
        turns.c.conversation == bindparam("of"),
        turns.c.account.is_not_distinct_from(bindparam("by")),
        turns.c.user.is_not_distinct_from(bindparam("as_user")),
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
            if turn.outcome == HANDOFF:
                keep_handoff(connection, handoff_of_turn(turn, _reason(turn)))
            if receipt:
                keep_receipt(connection, receipt)

    def owner(self, conversation: str) -> tuple[str | None, str | None] | None:
        """Return the account and the user whose conversation it is; None: there is none."""
        found = self._first(_OWNER, {"of": conversation})
        return (found.account, found.user) if found else None

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


def _reason(turn: Turn) -> str:
    """Read the reason from the answer; it is bound by the answer's own codes."""
    reason: str = json.loads(turn.answer)["handoff"]["reason"]
    return reason


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
