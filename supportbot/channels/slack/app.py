"""Slack's listeners put together, for Socket Mode and signed HTTP alike."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from slack_bolt import App
from slack_bolt.oauth.oauth_flow import OAuthFlow

from supportbot.channels.slack.answering import Answering, message_of, threads_of
from supportbot.channels.slack.buttons import add_buttons
from supportbot.channels.slack.clients import new_client
from supportbot.channels.slack.commands import add_commands
from supportbot.channels.slack.drafting import Drafting, add_shortcut
from supportbot.channels.slack.events import add_events
from supportbot.channels.slack.installing import authorize_by, open_flow
from supportbot.channels.slack.parts import Slack
from supportbot.channels.slack.people import Members
from supportbot.channels.slack.reading import shown
from supportbot.channels.slack.sending import Sender

LISTENERS: Final = 20


@dataclass(frozen=True)
class Running:
    """Bolt's app, and the sender that works for it."""

    app: App
    sender: Sender
    process: Callable[[str, Mapping[str, Any]], None]
    flow: OAuthFlow | None = None  # None: the one workspace is not installed by us


def open_slack(slack: Slack) -> Running:
    """Put the listeners together; nothing is asked of Slack yet."""
    is_member = Members(slack.clients).is_member
    answering = Answering(slack.bot, slack.links, slack.handoffs, is_member, slack.answered)

    def process(event_id: str, body: Mapping[str, Any]) -> None:
        message = message_of(body)
        with shown(slack.clients, message, slack.report):
            posts = answering.posts(message)
        slack.queue.done(event_id, posts, threads_of(message))
        sender.wake()

    sender = Sender(slack.queue, slack.clients, process, slack.report)
    app = _app(slack)
    add_events(app, slack, process, sender.wake)
    add_commands(app, slack, answering)
    add_buttons(app, slack)
    add_shortcut(app, Drafting(slack.bot, answering, slack.agents, slack.queue, sender.wake))
    return Running(app, sender, process, _flow(slack))


def _quiet() -> logging.Logger:
    """Return a logger that keeps to errors: at INFO Bolt writes down whole messages."""
    logger = logging.getLogger("supportbot.slack")
    logger.setLevel(logging.ERROR)
    return logger


def _app(slack: Slack) -> App:
    many = slack.clients.workspaces is not None
    return App(
        client=new_client(slack.settings.api_url, None if many else slack.settings.bot_token),
        authorize=authorize_by(slack.clients) if many else None,
        signing_secret=slack.settings.signing_secret or "",
        request_verification_enabled=slack.settings.signing_secret is not None,
        token_verification_enabled=False,
        listener_executor=ThreadPoolExecutor(LISTENERS, thread_name_prefix="slack"),
        logger=_quiet(),
    )


def _flow(slack: Slack) -> OAuthFlow | None:
    workspaces = slack.clients.workspaces
    if workspaces is None:
        return None
    return open_flow(slack.settings, workspaces, slack.public_url or "", _quiet())
