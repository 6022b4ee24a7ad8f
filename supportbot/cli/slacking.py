"""What ``slack`` does: answers over Socket Mode, binds and unbinds."""

import re
import signal
import threading
from typing import Final

import typer
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackApiError

from supportbot.channels.observing import open_log
from supportbot.channels.slack.opening import open_running
from supportbot.cli.opening import bot_of, opened
from supportbot.errors import ConfigError, SupportbotError
from supportbot.settings import read_settings
from supportbot.store.slack_links import Link, SlackLinks, SlackUser
from supportbot.wiring import open_database

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
        running = open_running(
            settings, lambda: bot, backends.engine, open_log(settings.log_format)
        )
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
    engine = open_database(read_settings())
    try:
        return SlackLinks(engine).unbind(who, OPERATOR)
    finally:
        engine.dispose()


def _who(team: str, user: str) -> SlackUser:
    for value in (team, user):
        if not ID.fullmatch(value):
            raise ConfigError(f"{value!r} is no id of Slack's; give one like T024BE7LD.")
    return SlackUser(team, user)
