"""Says in a plain sentence why the database cannot be used, and how to mend it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import URL, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from supportbot.errors import StoreUnavailable

_MENDS: Final = (
    ("readonly", "it is read-only", "make the file and its folder writable for this user"),
    ("is full", "the disk is full", "free some space"),
    ("locked", "another process has kept it locked for 5 seconds", "try again, or stop that one"),
    (
        "unable to open",
        "it cannot be opened",
        "check that its folder exists and that this user may write there",
    ),
    (
        "not a database",
        "it is not a SQLite database",
        "move the file away, or set SUPPORTBOT_DATABASE_URL to another one",
    ),
    ("malformed", "the file is damaged", "put a backup in its place"),
    ("no such table", "its tables are missing", "put a backup in its place, or remove the file"),
)
_OTHERWISE: Final = "check SUPPORTBOT_DATABASE_URL and that the database is up"


def place(url: URL) -> str:
    """Name the database as an operator knows it, without its password."""
    if url.get_backend_name() == "sqlite":
        return url.database or "in memory"
    return url.render_as_string(hide_password=True)


def unavailable(url: URL, error: SQLAlchemyError) -> StoreUnavailable:
    """Put ``error`` in plain words; the values of its statement, a customer's, stay out."""
    said = str(error.orig if isinstance(error, DBAPIError) else error).strip()
    known = ((reason, mend) for sign, reason, mend in _MENDS if sign in said)
    reason, mend = next(known, (said.partition("\n")[0].rstrip("."), _OTHERWISE))
    return StoreUnavailable(f"The database {place(url)} cannot be used: {reason}; {mend}.")


@contextmanager
def plain_faults(engine: Engine) -> Iterator[None]:
    """Raise StoreUnavailable for whatever SQLAlchemy raises inside."""
    try:
        yield
    except SQLAlchemyError as error:
        raise unavailable(engine.url, error) from error
