"""What Slack's listeners are made with."""

from collections.abc import Callable
from dataclasses import dataclass

from supportbot.answer import Answer
from supportbot.bot import Bot
from supportbot.channels.slack.clients import Clients
from supportbot.channels.working import Report
from supportbot.slack_settings import SlackSettings
from supportbot.store.conversations import ConversationStore
from supportbot.store.handoffs import HandoffStore
from supportbot.store.slack_agents import SlackAgents
from supportbot.store.slack_links import SlackLinks
from supportbot.store.slack_queue import SlackQueue


@dataclass(frozen=True)
class Slack:
    """See the module; ``links_to`` makes the address of a one-time link."""

    settings: SlackSettings
    clients: Clients
    bot: Callable[[], Bot]
    turns: ConversationStore
    handoffs: HandoffStore
    links: SlackLinks
    agents: SlackAgents
    queue: SlackQueue
    links_to: Callable[[str], str | None]
    report: Report
    answered: Callable[[Answer], None] = lambda _: None  # told of every answer
    public_url: str | None = None  # where Slack's installation leads back to
