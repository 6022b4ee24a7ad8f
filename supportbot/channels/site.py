"""What the HTTP API is made with."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from supportbot.channels.helpdesks import Notes
from supportbot.channels.identity import IdentityKeys
from supportbot.channels.limiting import RateLimits
from supportbot.channels.observing import Log, Metrics
from supportbot.channels.reloading import Serving
from supportbot.channels.slack.app import Running
from supportbot.settings import Settings
from supportbot.store.conversations import ConversationStore
from supportbot.store.handoffs import HandoffStore
from supportbot.store.slack_links import SlackLinks

DEMO_KEY: Final = "demo"
"""The id of the key that a demo makes for itself."""


@dataclass(frozen=True)
class Site:
    """
    Everything that routes use.

    ``serving`` returns what serves now: a request takes it once and keeps to it.
    """

    settings: Settings
    serving: Callable[[], Serving]
    turns: ConversationStore
    handoffs: HandoffStore
    keys: IdentityKeys
    limits: RateLimits
    metrics: Metrics
    log: Log
    slack_links: SlackLinks
    slack: Running | None = None  # None: Slack over HTTP is not configured
    notes: Notes | None = None  # None: no helpdesk is configured
    demo: bool = False
    leaving: threading.Event = field(default_factory=threading.Event)
