"""What ``slack`` does: answers over Socket Mode, binds and unbinds."""

import logging
import re
import signal
import threading
from typing import Final

import typer
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackApiError

from supportbot.channels.observing import LibraryLog, open_log
from supportbot.channels.slack.opening import open_running
from supportbot.cli.opening import bot_of, database, opened
from supportbot.errors import ConfigError, SupportbotError
from supportbot.settings import read_settings
from supportbot.store.agents import AgentStore
from supportbot.store.slack_agents import SlackAgents
from supportbot.store.slack_links import Link, SlackLinks, SlackUser

OPERATOR: Final = "operator"
ID: Final = re.compile(r"[A-Z0-9]{2,32}")


def run_socket() -> None:
    """
    Answer over Socket Mode until SIGTERM or Ctrl-C.

    Raises:
        ConfigError: a token is missing.
    """
    settings = read_settings()
    for name in ("bot_token", "app_token"):
        if not getattr(settings.slack, name):
            raise ConfigError(f"SUPPORTBOT_SLACK_{name.upper()} is missing; set it, or see README.")
    with opened(demo=False) as backends:
        if backends.engine is None:
            raise ConfigError("Slack needs a database.")
        bot = bot_of(backends)
        log = open_log(settings.log_format)
        logging.getLogger().addHandler(LibraryLog(log))
        running = open_running(settings, lambda: bot, backends.engine, log)
        running.sender.start()
        handler = SocketModeHandler(running.app, settings.slack.app_token)
        stopping = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stopping.set())
        try:
            handler.connect()  # type: ignore[no-untyped-call]
        except (SlackApiError, OSError) as error:
            running.sender.stop()
            raise SlackUnavailable(
                f"Slack did not let us in: {_said(error)}; check SUPPORTBOT_SLACK_APP_TOKEN."
            ) from error
        typer.echo("supportbot answers in Slack over Socket Mode.", err=True)
        try:
            stopping.wait()
        except KeyboardInterrupt:
            typer.echo("", err=True)
        finally:
            handler.close()  # type: ignore[no-untyped-call]
            running.sender.stop()


def _said(error: Exception) -> str:
    return str(error.response.get("error")) if isinstance(error, SlackApiError) else str(error)


class SlackUnavailable(SupportbotError):
    """Slack cannot be reached, or refuses our token."""


def bind(team: str, user: str, account: str, email: str | None) -> None:
    """
    Bind a Slack user to an account.

    Raises:
        ConfigError: an id is none of Slack's.
        AccountNotFound: there is no such account.
    """
    who = _who(team, user)
    with opened(demo=False) as backends:
        backends.accounts.load(account, frozenset())
        if backends.engine is not None:
            SlackLinks(backends.engine).bind(Link(who, account, email=email), OPERATOR)


def unbind(team: str, user: str) -> bool:
    """Unbind a Slack user; return whether there was a link."""
    who = _who(team, user)
    with database() as engine:
        return SlackLinks(engine).unbind(who, OPERATOR)


def add_agent(team: str, user: str, email: str) -> None:
    """
    Let a Slack user work as an agent of the console.

    Raises:
        ConfigError: an id is none of Slack's, or nobody works in the console as ``email``.
    """
    who, address = _who(team, user), email.strip().lower()
    with database() as engine:
        if AgentStore(engine).agent(address) is None:
            raise ConfigError(
                f"{email!r} is no agent; add them with `supportbot agents add` first."
            )
        SlackAgents(engine).add(who, address, OPERATOR)


def remove_agent(team: str, user: str) -> bool:
    """Let a Slack user no longer work as an agent; return whether they did."""
    who = _who(team, user)
    with database() as engine:
        return SlackAgents(engine).remove(who, OPERATOR)


def _who(team: str, user: str) -> SlackUser:
    for value in (team, user):
        if not ID.fullmatch(value):
            raise ConfigError(f"{value!r} is no id of Slack's; give one like T024BE7LD.")
    return SlackUser(team, user)
