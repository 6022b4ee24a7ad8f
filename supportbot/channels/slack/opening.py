"""Slack put together from settings, for ``serve`` and for ``slack``."""

from collections.abc import Callable

from sqlalchemy import Engine

from supportbot.answer import Answer
from supportbot.bot import Bot
from supportbot.channels.observing import Log
from supportbot.channels.slack.app import Running, open_slack
from supportbot.channels.slack.clients import Clients
from supportbot.channels.slack.parts import Slack
from supportbot.settings import Settings
from supportbot.store.conversations import ConversationStore
from supportbot.store.handoffs import HandoffStore
from supportbot.store.slack_agents import SlackAgents
from supportbot.store.slack_links import SlackLinks
from supportbot.store.slack_queue import SlackQueue
from supportbot.store.slack_workspaces import SlackWorkspaces


def open_running(
    settings: Settings,
    bot: Callable[[], Bot],
    engine: Engine,
    log: Log,
    answered: Callable[[Answer], None] = lambda _: None,
) -> Running:
    """Put Slack together; nothing is asked of it, and nothing sent, yet."""

    def report(method: str, problem: str) -> None:
        log.error("slack", method=method, problem=problem)

    own = settings.slack
    workspaces = SlackWorkspaces(engine, own.token_keys) if own.installs else None
    return open_slack(
        Slack(
            own,
            Clients(own.api_url, own.bot_token, workspaces),
            bot,
            ConversationStore(engine),
            HandoffStore(engine),
            SlackLinks(engine),
            SlackAgents(engine),
            SlackQueue(engine),
            lambda nonce: link_address(settings, nonce),
            report,
            answered,
            settings.public_url,
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
