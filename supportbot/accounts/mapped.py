"""Accounts from a platform's own tables, in any database that SQLAlchemy can read."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from supportbot.accounts.guard import Deadline, Guard, Transient
from supportbot.accounts.mapping_file import ACCOUNT, IN_ACCOUNT, SHAPES, Queries, Query
from supportbot.accounts.partwise import use_good_parts
from supportbot.accounts.source import must_be_an_id
from supportbot.errors import AccountNotFound, SourceUnavailable
from supportbot.money import MONEY_FIELDS, minor_unit_digits
from supportbot.snapshot import EVERY_PART, Failure, Snapshot

NAME: Final = "database"
NOBODY: Final = "supportbot-doctor-asks-for-nobody"
FLAGS: Final = frozenset({"enabled", "default", "requires_purchased_credits"})
INSTANTS: Final = frozenset(
    {
        "as_of",
        "at",
        "created_at",
        "due_at",
        "effective_at",
        "expires_at",
        "issued_at",
        "last_run_at",
        "next_attempt_at",
        "paid_at",
        "period_end",
        "period_start",
        "started_at",
        "voided_at",
    }
)
NULLABLE: Final = frozenset({"negative_limit", "balance_limit"})
"""Of these a NULL says that there is none; of others, that nothing is known."""

Row = Mapping[str, Any]


class MappedAccounts:
    """
    An ``AccountSource`` over the SELECTs of a mapping file.

    All are run in one transaction that cannot write: PostgreSQL's and MySQL's READ ONLY, SQLite's
    query_only.  Of other databases the user of the address should have no right to write.
    """

    def __init__(self, engine: Engine, queries: Queries, *, owns_engine: bool = True) -> None:
        """Nothing is asked of the engine until an account is; one's own is closed at the end."""
        self.guard = Guard(NAME)
        self._owns_engine = owns_engine
        self._engine = engine
        self._queries = queries

    def load(self, account_id: str, parts: frozenset[str] = EVERY_PART) -> Snapshot:
        """
        Return the account as its rows are now; a part that cannot be read is unknown.

        Raises:
            AccountNotFound: [account] gives no row.
            SourceUnavailable: the database did not answer in time.
        """
        must_be_an_id(account_id)
        deadline, began = Deadline(), datetime.now(UTC)
        wanted = [name for name in self._queries if name == ACCOUNT or name in parts]
        rows, failures = self.guard.call(
            "rows", deadline, lambda _: self._read(account_id, wanted, deadline)
        )
        if not rows[ACCOUNT]:
            raise AccountNotFound(account_id)
        record, faults = self._record(rows, began, parts)
        if record.get("id") != account_id:
            raise SourceUnavailable(f"{NAME}: [account] gave the row of another account.")
        read = use_good_parts(record, NAME)
        return Snapshot(read.account, read.origins, (*failures, *faults, *read.failures))

    def probe(self, deadline: Deadline) -> tuple[str, ...]:
        """Return a sentence for each SELECT that fails; asks for an account that nobody has."""
        try:
            _, failures = self.guard.call(
                "rows", deadline, lambda _: self._read(NOBODY, list(self._queries), deadline)
            )
        except SourceUnavailable as error:
            return (str(error),)
        return tuple(each.why for each in failures)

    def close(self) -> None:
        """Close the connections."""
        if self._owns_engine:
            self._engine.dispose()

    def _read(
        self, account_id: str, wanted: Sequence[str], deadline: Deadline
    ) -> tuple[dict[str, Sequence[Row]], list[Failure]]:
        rows: dict[str, Sequence[Row]] = {}
        failures: list[Failure] = []
        try:
            with self._engine.connect() as connection, _reading(connection, deadline):
                for name in wanted:
                    outcome = _rows(connection, self._queries[name], account_id)
                    if isinstance(outcome, str):
                        failures.append(Failure(NAME, name, f"{NAME}: [{name}] {outcome}"))
                    else:
                        rows[name] = outcome
        except (SQLAlchemyError, PoolTimeout) as error:
            raise Transient(f"{NAME} did not answer: {_said(error)}.") from error
        if ACCOUNT not in rows:
            raise SourceUnavailable(failures[0].why)
        return rows, failures

    def _record(
        self, rows: Mapping[str, Sequence[Row]], began: datetime, parts: frozenset[str]
    ) -> tuple[dict[str, Any], list[Failure]]:
        """Build the record as JSON would hold it; a part that cannot be is left out."""
        account = rows[ACCOUNT][0]
        currency = str(account.get("currency") or "")
        failures: list[Failure] = []
        record: dict[str, Any] = {"as_of": began.isoformat()}
        for name, found in rows.items():
            try:
                made = _part(name, found, self._queries[name], currency)
            except ValueError as error:
                if name == ACCOUNT:
                    raise SourceUnavailable(f"{NAME}: [account] {error}.") from error
                failures.append(Failure(NAME, name, f"{NAME}: [{name}] {error}."))
                continue
            if name == ACCOUNT:
                unwanted = IN_ACCOUNT - parts
                record |= {key: value for key, value in made.items() if key not in unwanted}
            elif made is not _UNKNOWN:
                record[name] = made
        return record, failures


_UNKNOWN: Final = object()


@contextmanager
def _reading(connection: Connection, deadline: Deadline) -> Iterator[None]:
    """Let a transaction only read, and each of its statements only for the time that is left."""
    milliseconds = max(1, int(deadline.left() * 1000))
    backend = connection.engine.url.get_backend_name()
    if backend in ("mysql", "mariadb"):  # has to be said before the transaction begins
        connection.exec_driver_sql("SET SESSION TRANSACTION READ ONLY")
        connection.rollback()
    with connection.begin():
        if backend == "postgresql":
            connection.execute(text("SET TRANSACTION READ ONLY"))
            connection.execute(text(f"SET LOCAL statement_timeout = {milliseconds}"))
        if backend != "sqlite":
            yield
            return
        connection.execute(text("PRAGMA query_only = ON"))
        try:
            yield
        finally:
            connection.execute(text("PRAGMA query_only = OFF"))


def _rows(connection: Connection, query: Query, account_id: str) -> Sequence[Row] | str:
    """Return the rows, or what is wrong; a statement that fails takes no other with it."""
    try:
        with connection.begin_nested():
            found = connection.execute(query.sql, {ACCOUNT: account_id}).mappings()
            return [dict(row) for row in found]
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        return f"cannot be read: {_said(error)}."


def _said(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0].rstrip(".")


def _part(name: str, rows: Sequence[Row], query: Query, currency: str) -> Any:  # noqa: ANN401
    shape = SHAPES.get(name, "many")
    made = [_item(row, query, currency) for row in rows]
    if shape == "many":
        return made
    if len(made) > 1:
        raise ValueError("gives more than one row")
    if made:
        return made[0]
    return None if shape == "one or none" else _UNKNOWN


def _item(row: Row, query: Query, currency: str) -> dict[str, Any]:
    return {
        name: _value(name, value, query, currency)
        for name, value in row.items()
        if value is not None or name in NULLABLE
    }


def _value(name: str, value: Any, query: Query, currency: str) -> Any:  # noqa: ANN401
    if value is None:
        return None
    if name in MONEY_FIELDS:
        return _amount(name, value, currency) if query.decimal else _whole(name, value)
    if name in FLAGS and value in (0, 1):
        return bool(value)
    if name in INSTANTS and isinstance(value, str):  # SQLite has no type for them
        with suppress(ValueError):
            value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return _instant(name, value, query)
    if isinstance(value, date):
        raise ValueError(f"gives a date for {name}, which needs a time as well")
    return value


def _amount(name: str, value: Any, currency: str) -> int:  # noqa: ANN401
    """Return a decimal in major units as whole minor units, exactly; a float as it is written."""
    try:
        minor = Decimal(str(value)).scaleb(minor_unit_digits(currency))
    except InvalidOperation:
        raise ValueError(f"gives {value!r} for {name}, which is no amount") from None
    return _whole(name, minor)


def _whole(name: str, value: Any) -> int:  # noqa: ANN401
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value % 1 != 0:
        raise ValueError(f"gives {value} for {name}, which is no whole number of minor units")
    return int(value)


def _instant(name: str, value: datetime, query: Query) -> str:
    if value.tzinfo is None:
        if query.zone is None:
            raise ValueError(f'gives {name} without an offset; say which with naive = "UTC"')
        value = value.replace(tzinfo=query.zone)
    return value.isoformat()
