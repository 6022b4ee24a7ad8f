"""Slack put together from settings, for ``serve`` and for ``slack``."""

from collections.abc import Callable

from sqlalchemy import Engine

from supportbot.bot import Bot
from supportbot.channels.observing import Log
from supportbot.channels.slack.app import Running, Slack, open_slack
from supportbot.settings import Settings
from supportbot.store.conversations import ConversationStore
from supportbot.store.handoffs import HandoffStore
from supportbot.store.slack_links import SlackLinks
from supportbot.store.slack_queue import SlackQueue


def open_running(settings: Settings, bot: Callable[[], Bot], engine: Engine, log: Log) -> Running:
    """Put Slack together; nothing is asked of it, and nothing sent, yet."""

    def report(method: str, problem: str) -> None:
        log.error("slack", method=method, problem=problem)

    return open_slack(
        Slack(
            settings.slack,
            bot,
            ConversationStore(engine),
            HandoffStore(engine),
            SlackLinks(engine),
            SlackQueue(engine),
            lambda nonce: link_address(settings, nonce),
            report,
        )
    )


def link_address(settings: Settings, nonce: str) -> str | None:
    """
    Return where a one-time link leads: to the host's page for signed-in users, else to ours.

    None: neither is set, so nobody can be linked by a link.
    """
    if settings.slack.link_url:
        sign = "&" if "?" in settings.slack.link_url else "?"
        return f"{settings.slack.link_url}{sign}nonce={nonce}"
    return f"{settings.public_url}/slack/link/{nonce}" if settings.public_url else None
