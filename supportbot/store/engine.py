"""Opens the database: SQLite so that what was acknowledged is on the disk, or PostgreSQL."""

import os
import sqlite3
import time
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import ArgumentError

from supportbot.errors import ConfigError, StoreUnavailable

BUSY_TIMEOUT: Final = 5.0
"""Seconds to wait for another process's write, or for the one connection to memory."""

_BEGIN: Final = "sqlite_begin"


def open_engine(url: str) -> Engine:
    """
    Open the database at ``url``; a SQLite file that is not there yet is made, for this user only.

    ``sqlite://`` is a throw-away database in memory, which lives as long as the engine.

    Raises:
        ConfigError: ``url`` makes no sense, or its driver is not installed.
        StoreUnavailable: the file cannot be made.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "postgresql":
        if parsed.drivername == "postgresql":  # SQLAlchemy's releases differ in what it means
            parsed = parsed.set(drivername="postgresql+psycopg")
        return _create(parsed, {"pool_pre_ping": True})
    if path := file_of(parsed):
        _make_file(path)
    engine = _create(parsed, _sqlite_options(parsed))
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def writing(engine: Engine) -> Engine:
    """
    Return ``engine`` with transactions that take SQLite's write lock when they begin.

    One that reads first and takes the lock later fails at once when another has written between.
    """
    return engine.execution_options(**{_BEGIN: "IMMEDIATE"})


def in_memory(url: URL) -> bool:
    """Whether the database is gone when the process ends."""
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def file_of(url: URL) -> Path | None:
    """Return the file of a SQLite database; None for others and for ``file:`` addresses."""
    if url.get_backend_name() != "sqlite" or in_memory(url):
        return None
    name = url.database or ""
    return None if name.startswith("file:") else Path(name)


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = None
    if parsed is None or parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise ConfigError(
            "SUPPORTBOT_DATABASE_URL is not an address that can be used: give "
            "sqlite:////folder/file.db or postgresql://user:password@host/database."
        )
    return parsed


def _create(url: URL, options: dict[str, Any]) -> Engine:
    try:
        return create_engine(url, hide_parameters=True, **options)
    except ArgumentError as error:  # among them an unknown driver
        raise ConfigError(f"SUPPORTBOT_DATABASE_URL cannot be used: {error}.") from error
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"SUPPORTBOT_DATABASE_URL needs the driver {error.name}: "
            "`pip install 'supportbot[postgresql]'`."
        ) from error


def _sqlite_options(url: URL) -> dict[str, Any]:
    if not in_memory(url):
        return {"connect_args": {"timeout": BUSY_TIMEOUT}}
    return {  # one connection is the whole database: threads take turns with it
        "connect_args": {"check_same_thread": False},
        "poolclass": QueuePool,
        "pool_size": 1,
        "max_overflow": 0,
        "pool_timeout": BUSY_TIMEOUT,
    }


def _make_file(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDONLY, 0o600))
    except OSError as error:
        raise StoreUnavailable(
            f"The database {path} cannot be opened: {error.strerror}; make its folder writable "
            "for this user, or set SUPPORTBOT_DATABASE_URL to another file."
        ) from error


def _set_up(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy begins; sqlite3 alone would not before DDL
    cursor = connection.cursor()
    _use_wal(cursor)
    cursor.execute("PRAGMA synchronous = FULL")  # NORMAL may lose commits at power loss
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _use_wal(cursor: DBAPICursor) -> None:
    """Switch to WAL; where two processes make the same file at once, SQLite does not wait."""
    deadline = time.monotonic() + BUSY_TIMEOUT
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get(_BEGIN, "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
