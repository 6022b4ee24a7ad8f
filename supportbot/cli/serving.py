"""What ``serve`` does: opens everything, listens, and drains when it is told to stop."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import typer
import uvicorn

from supportbot.channels.app import create_app
from supportbot.channels.identity import open_keys
from supportbot.channels.site import Site
from supportbot.cli.opening import bot_of, opened
from supportbot.errors import ConfigError
from supportbot.store.conversations import ConversationStore
from supportbot.store.handoffs import HandoffStore
from supportbot.wiring import Backends, open_database

if TYPE_CHECKING:
    from sqlalchemy import Engine

DRAIN_SECONDS: Final = 25
BACKLOG: Final = 2048


def run_server(host: str, port: int, *, demo: bool) -> None:
    """
    Serve until SIGTERM or Ctrl-C; a second one ends it at once.

    Raises:
        ConfigError: the address cannot be listened at, or a setting makes no sense.
    """
    with opened(demo=demo) as backends, _stored(backends) as (stored, engine):
        site = _site(stored, engine, demo=demo)
        with closing(_listen(host, port)) as listening:
            _announce(host, listening.getsockname()[1], demo=demo)
            config = uvicorn.Config(
                create_app(site),
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=DRAIN_SECONDS,
            )
            uvicorn.Server(config).run(sockets=[listening])


@contextmanager
def _stored(backends: Backends) -> Iterator[tuple[Backends, "Engine"]]:
    """Give a demo a database after all, in memory: a server keeps feedback and hand-offs, too."""
    if backends.engine is not None:
        yield backends, backends.engine
        return
    engine = open_database(replace(backends.settings, database_url="sqlite://"))
    try:
        yield replace(backends, conversations=ConversationStore(engine), engine=engine), engine
    finally:
        engine.dispose()


def _site(backends: Backends, engine: "Engine", *, demo: bool) -> Site:
    bot = bot_of(backends)
    return Site(
        settings=backends.settings,
        bot=lambda: bot,
        turns=ConversationStore(engine),
        handoffs=HandoffStore(engine),
        keys=open_keys(backends.settings.web.identity_keys),
        demo=demo,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise ConfigError(
            f"--host {host} --port {port} cannot be listened at: {error.strerror or error}; "
            "choose another port, or stop what uses this one."
        ) from error


def _announce(host: str, port: int, *, demo: bool) -> None:
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"supportbot listens at http://{shown}:{port}", err=True)
    if demo:
        typer.echo(f"The widget: http://{shown}:{port}/widget/demo", err=True)
