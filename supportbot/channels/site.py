"""What the HTTP API is made with."""

from collections.abc import Callable
from dataclasses import dataclass

from supportbot.bot import Bot
from supportbot.channels.identity import IdentityKeys
from supportbot.settings import Settings
from supportbot.store.conversations import ConversationStore
from supportbot.store.handoffs import HandoffStore


@dataclass(frozen=True)
class Site:
    """
    Everything that routes use.

    ``bot`` returns the bot that serves now: a request takes it once and keeps to it.
    """

    settings: Settings
    bot: Callable[[], Bot]
    turns: ConversationStore
    handoffs: HandoffStore
    keys: IdentityKeys
    demo: bool = False
