"""What ``serve`` does: opens everything, listens, and drains when it is told to stop."""

import logging
import secrets
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import typer
import uvicorn

from supportbot.channels.app import create_app
from supportbot.channels.helpdesks import Notes, open_desks
from supportbot.channels.identity import open_keys
from supportbot.channels.leaving import DRAIN_SECONDS, LeavingServer
from supportbot.channels.limiting import RateLimits
from supportbot.channels.observing import LibraryLog, Log, Metrics, open_log
from supportbot.channels.reloading import LiveBot, Serving
from supportbot.channels.site import DEMO_KEY, Site
from supportbot.channels.slack.app import Running
from supportbot.channels.slack.opening import open_running
from supportbot.cli.opening import bot_of, opened
from supportbot.errors import ConfigError
from supportbot.settings import Settings
from supportbot.store.agents import Agent, AgentStore
from supportbot.store.conversations import ConversationStore
from supportbot.store.desk_queue import DeskQueue
from supportbot.store.drafts import DraftStore
from supportbot.store.handoffs import HandoffStore
from supportbot.store.slack_links import SlackLinks
from supportbot.wiring import Backends, open_bot, open_database

if TYPE_CHECKING:
    from sqlalchemy import Engine

DEMO_AGENT: Final = Agent("demo@example.com", admin=True)
BACKLOG: Final = 2048


def run_server(host: str, port: int, *, demo: bool) -> None:
    """
    Serve until SIGTERM or Ctrl-C; a second one ends it at once.

    Raises:
        ConfigError: the address cannot be listened at, or a setting makes no sense.
    """
    with (
        opened(demo=demo) as backends,
        _stored(backends) as (stored, engine),
        closing(_listen(host, port)) as listening,
        _site(stored, engine, demo=demo) as site,
    ):
        key = AgentStore(engine).add(DEMO_AGENT) if demo else None
        _announce(host, listening.getsockname()[1], key)
        logging.getLogger().addHandler(LibraryLog(site.log))
        LeavingServer(_config(site), site.leaving).run(sockets=[listening])


def _config(site: Site) -> uvicorn.Config:
    proxies = list(site.settings.web.trusted_proxies)
    return uvicorn.Config(
        create_app(site),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


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


@contextmanager
def _site(backends: Backends, engine: "Engine", *, demo: bool) -> Iterator[Site]:
    metrics, log = Metrics(), open_log(backends.settings.log_format)
    live = LiveBot(
        bot_of(backends),
        lambda library: open_bot(backends, library=library),
        lambda serving: _tell(serving, metrics, log),
    )
    live.start()
    web = backends.settings.web
    slack = _slack(backends.settings, live, engine, log, metrics)
    notes = _notes(backends.settings, live, engine, log)
    try:
        yield Site(
            settings=backends.settings,
            serving=lambda: live.serving,
            turns=ConversationStore(engine),
            handoffs=HandoffStore(engine),
            keys=open_keys({**web.identity_keys, **(_demo_key() if demo else {})}),
            limits=RateLimits.of(web.rate_limit_per_minute),
            metrics=metrics,
            log=log,
            slack_links=SlackLinks(engine),
            slack=slack,
            notes=notes,
            demo=demo,
        )
    finally:
        live.stop()
        if slack:
            slack.sender.stop()
        if notes:
            notes.stop()


def _notes(settings: Settings, live: LiveBot, engine: "Engine", log: Log) -> Notes | None:
    """Open the helpdesks that are configured, if any is."""
    desks = open_desks(settings.helpdesks)
    if not desks:
        return None
    notes = Notes(
        desks,
        DeskQueue(engine),
        DraftStore(engine),
        lambda: live.serving.bot,
        lambda desk, problem: log.error("helpdesk", desk=desk, problem=problem),
    )
    notes.start()
    return notes


def _slack(
    settings: Settings, live: LiveBot, engine: "Engine", log: Log, metrics: Metrics
) -> Running | None:
    """Open Slack over HTTP, if it is configured: a way in, and the secret that signs its calls."""
    own = settings.slack
    if not (own.bot_token or own.installs) or not own.signing_secret:
        return None
    if own.installs and not settings.public_url:
        raise ConfigError("SUPPORTBOT_SLACK_CLIENT_ID needs SUPPORTBOT_PUBLIC_URL beside it.")
    running = open_running(settings, lambda: live.serving.bot, engine, log, metrics.count)
    running.sender.start()
    return running


def _demo_key() -> dict[str, str]:
    return {DEMO_KEY: secrets.token_hex(32)}


def _tell(serving: Serving, metrics: Metrics, log: Log) -> None:
    version = serving.bot.library.version[:12]
    metrics.knowledge(version, serving.since.timestamp(), len(serving.faults))
    if serving.faults:
        log.error("knowledge", faults=list(serving.faults))
    else:
        log.info("knowledge", version=version)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=BACKLOG)
        # asyncio does so only for sockets that say that they are TCP; without it replies wait 40 ms
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except OSError as error:
        raise ConfigError(
            f"--host {host} --port {port} cannot be listened at: {error.strerror or error}; "
            "choose another port, or stop what uses this one."
        ) from error


def _announce(host: str, port: int, key: str | None) -> None:
    """Say where it listens; ``key`` of a demo lets one agent choose a password, once."""
    place = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    typer.echo(f"supportbot listens at {place}", err=True)
    if key:
        typer.echo(f"The widget: {place}/widget/demo", err=True)
        typer.echo(f"The console, as {DEMO_AGENT.email}: {place}/console/set-up/{key}", err=True)
