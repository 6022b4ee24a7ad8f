"""
Accounts in the embedded database, or in any other that SQLAlchemy can reach.

A record is kept as JSON text, whole: it is replaced, never mended in place.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    Column,
    DateTime,
    Engine,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from supportbot.account import Account
from supportbot.accounts.record import dump_record, parse_record
from supportbot.accounts.source import AccountSummary, summary
from supportbot.errors import AccountNotFound, InputError, SourceUnavailable
from supportbot.snapshot import EVERY_PART, Snapshot, whole

metadata: Final = MetaData()
accounts_table: Final = Table(
    "accounts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("record", Text, nullable=False),
    Column("imported_at", DateTime(timezone=True), nullable=False),
)
ATTEMPTS: Final = 5  # at a write that another import of the same new account got in the way of


class DatabaseAccounts:
    """An ``AccountSource`` on the table ``accounts``, which must be there already."""

    def __init__(self, engine: Engine) -> None:
        """Nothing is asked of the engine until an account is."""
        self._engine = engine

    def load(self, account_id: str, parts: frozenset[str] = EVERY_PART) -> Snapshot:
        """Return the account with all its parts, as it was last imported."""
        if not account_id.isascii() or "\0" in account_id:
            raise AccountNotFound(account_id)  # some drivers stumble over such text
        query = select(accounts_table.c.record).where(accounts_table.c.id == account_id)
        try:
            with self._engine.connect() as connection:
                record = connection.execute(query).scalar()
        except SQLAlchemyError as error:
            raise _unavailable(error) from error
        if record is None:
            raise AccountNotFound(account_id)
        return whole(_parse_stored(account_id, record), "database")

    def list(self) -> tuple[AccountSummary, ...]:
        """Return a line for every account, in the order of their ids."""
        query = select(accounts_table.c.id, accounts_table.c.record)
        try:
            with self._engine.connect() as connection:
                rows = connection.execute(query).all()
        except SQLAlchemyError as error:
            raise _unavailable(error) from error
        return tuple(
            summary(_parse_stored(id_, record)) for id_, record in sorted(map(tuple, rows))
        )

    def replace_all_or_nothing(self, accounts: Iterable[Account]) -> None:
        """
        Write these accounts in one transaction, each in the place of its earlier record.

        Accounts that are not among them stay as they are.  Of two with the same id the
        later is kept.

        Raises:
            SourceUnavailable: the database refused; nothing was changed.
        """
        rows = _rows(accounts)
        if not rows:
            return
        try:
            _write_despite_others(self._engine, rows)
        except SQLAlchemyError as error:
            raise _unavailable(error) from error


def _write(engine: Engine, rows: list[dict[str, object]]) -> None:
    """Delete and insert, which every database can do, in the order of ids against deadlocks."""
    old = delete(accounts_table).where(accounts_table.c.id == bindparam("old_id"))
    with engine.begin() as connection:
        connection.execute(old, [{"old_id": row["id"]} for row in rows])
        connection.execute(insert(accounts_table), rows)


def _write_despite_others(engine: Engine, rows: list[dict[str, object]]) -> None:
    """Write again when another process inserted the same new account at the same moment."""
    for _ in range(ATTEMPTS - 1):
        with suppress(IntegrityError):
            return _write(engine, rows)
    return _write(engine, rows)


def _rows(accounts: Iterable[Account]) -> list[dict[str, object]]:
    now = datetime.now(UTC)
    latest = {account.id: account for account in accounts}
    return [
        {"id": each, "record": json.dumps(dump_record(latest[each])), "imported_at": now}
        for each in sorted(latest)
    ]


def _parse_stored(account_id: str, record: str) -> Account:
    try:
        return parse_record(record)
    except InputError as error:
        raise SourceUnavailable(
            f"The stored record of {account_id!r} cannot be read; import it again. {error}"
        ) from error


def _unavailable(error: SQLAlchemyError) -> SourceUnavailable:
    cause = getattr(error, "orig", None) or error
    return SourceUnavailable(f"The accounts' database did not answer: {cause}")
