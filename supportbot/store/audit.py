"""Who did what to whom, append-only: each row carries a hash of itself and of the one before."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Engine, func, insert, select

from supportbot.store.faults import plain_faults
from supportbot.store.tables import audit

CHAIN_LOCK: Final = 7_262_001  # a number of our own, so that rows are chained one at a time


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One thing that was done."""

    at: datetime
    actor: str
    action: str
    subject: str


def note(connection: Connection, row: AuditRow) -> None:
    """Write a row within the transaction of what it notes."""
    if connection.dialect.name == "postgresql":  # elsewhere there is one writer at a time
        connection.execute(select(func.pg_advisory_xact_lock(CHAIN_LOCK)))
    query = select(audit.c.hash).order_by(audit.c.seq.desc()).limit(1)
    before = connection.execute(query).scalar() or ""
    values = {name: getattr(row, name) for name in row.__dataclass_fields__}
    connection.execute(insert(audit), {**values, "hash": _hash(before, row)})


def broken_at(engine: Engine) -> int | None:
    """Return the number of the first row that was changed, or before which one is missing."""
    before = ""
    for number, (row, kept) in enumerate(_rows(engine), 1):
        if kept != _hash(before, row):
            return number
        before = kept
    return None


def _rows(engine: Engine) -> Iterator[tuple[AuditRow, str]]:
    with plain_faults(engine), engine.connect() as connection:
        for row in connection.execute(select(audit).order_by(audit.c.seq)):
            yield AuditRow(row.at, row.actor, row.action, row.subject), row.hash


def _hash(before: str, row: AuditRow) -> str:
    told = (before, row.at.isoformat(), row.actor, row.action, row.subject)
    return hashlib.sha256("\0".join(told).encode()).hexdigest()
