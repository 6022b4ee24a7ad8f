"""Opens a platform's own database, to be read and never written."""

from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError

from supportbot.accounts.guard import CONNECT_SECONDS, TURN_SECONDS
from supportbot.errors import ConfigError

SETTING: Final = "SUPPORTBOT_ACCOUNTS_DATABASE_URL"
SERVER_WAIT: Final = max(1, round(CONNECT_SECONDS))
"""libpq and most drivers count whole seconds."""


def open_to_read(address: str) -> Engine:
    """
    Open the database at any address that SQLAlchemy understands; nothing is asked of it yet.

    A SQLite file is opened read-only and never made.

    Raises:
        ConfigError: the address makes no sense, or its driver is not installed.
    """
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise ConfigError(
            f"{SETTING} is not an address that can be used: give one like "
            "postgresql://reader:password@host/database."
        ) from None
    try:
        return create_engine(_read_only(url), hide_parameters=True, **_options(url))
    except ArgumentError as error:
        raise ConfigError(f"{SETTING} cannot be used: {error}.") from error
    except ModuleNotFoundError as error:
        raise ConfigError(f"{SETTING} needs the driver {error.name}; install it.") from error


def _read_only(url: URL) -> URL:
    if url.drivername == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite" or (url.database or "").startswith("file:"):
        return url
    if not url.database or not Path(url.database).is_file():
        raise ConfigError(f"{SETTING} names the file {url.database!r}, which is not there.")
    file = Path(url.database).resolve().as_uri()
    return url.set(database=file, query={"mode": "ro", "uri": "true"})


def _options(url: URL) -> dict[str, Any]:
    options: dict[str, Any] = {"pool_pre_ping": True}
    if url.get_backend_name() == "postgresql":
        options["connect_args"] = {"connect_timeout": SERVER_WAIT}
    if url.get_backend_name() == "sqlite":
        options["connect_args"] = {"timeout": TURN_SECONDS}
    else:
        options["pool_timeout"] = TURN_SECONDS
    return options
