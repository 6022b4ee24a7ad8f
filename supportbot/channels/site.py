"""What the HTTP API is made with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from supportbot.channels.identity import IdentityKeys
from supportbot.channels.limiting import RateLimits
from supportbot.channels.observing import Log, Metrics
from supportbot.channels.reloading import Serving
from supportbot.settings import Settings
from supportbot.store.conversations import ConversationStore
from supportbot.store.handoffs import HandoffStore

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
    demo: bool = False
