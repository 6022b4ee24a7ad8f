"""Opening what commands work with, and closing it again."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from supportbot.accounts.source import closing_source
from supportbot.cli.progress import bar
from supportbot.errors import ConfigError
from supportbot.settings import read_settings
from supportbot.source_settings import ACCOUNT_SOURCES
from supportbot.sources import open_source
from supportbot.wiring import Backends, open_backends, open_bot, open_database

if TYPE_CHECKING:
    from concurrent.futures import Future

    from sqlalchemy import Engine

    from supportbot.accounts.source import AccountSource
    from supportbot.bot import Bot
    from supportbot.understanding.encoder import Encoder


@contextmanager
def opened(*, demo: bool) -> Iterator[Backends]:
    """Open the database; close it at the end, whatever happens."""
    gc.freeze()  # what was imported stays to the end
    gc.enable()
    backends = open_backends(read_settings(), demo=demo)
    try:
        yield backends
    finally:
        backends.close()


@contextmanager
def database() -> "Iterator[Engine]":
    """Open the database alone, without accounts or knowledge; close it at the end."""
    engine = open_database(read_settings())
    try:
        yield engine
    finally:
        engine.dispose()


def bot_of(backends: Backends, encoder: "Future[Encoder | None] | None" = None) -> "Bot":
    """Put the bot together; while it learns new knowledge, show how far it is."""
    with bar("Learning the knowledge") as progress:
        return open_bot(backends, progress, encoder)


@contextmanager
def account_source(backends: Backends, name: str | None) -> "Iterator[AccountSource]":
    """
    Give the source of that name, or all that are configured.

    Raises:
        ConfigError: there is no such source, it lacks a setting, or this is the demo.
    """
    if name is None:
        yield backends.accounts
        return
    if backends.engine is None or name not in ACCOUNT_SOURCES:
        known = "none in a demo" if backends.engine is None else ", ".join(ACCOUNT_SOURCES)
        raise ConfigError(f"--source is {name!r}; there is {known}.")
    with closing_source(open_source(name, backends.settings.sources, backends.engine)) as source:
        yield source
