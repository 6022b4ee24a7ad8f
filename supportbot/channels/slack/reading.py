"""Says that an answer is being worked on, where that takes longer than a moment."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from slack_sdk.errors import SlackClientError

from supportbot.channels.slack.answering import Message
from supportbot.channels.slack.clients import Clients
from supportbot.channels.working import Report

MOMENT: Final = 0.3
"""Seconds; whoever waits for less sees nothing but the answer."""
LONGEST_TITLE: Final = 200


def set_status(clients: Clients, message: Message, status: str, report: Report) -> None:
    """Set what Slack shows of a thread's session; an answer does without, if it must."""
    client = clients.of(message.who.team)
    if client is None:
        return
    try:
        client.agents_sessions_setStatus(
            status=status,
            channel_id=message.channel,
            thread_ts=message.thread,
            title=message.text[:LONGEST_TITLE] or None,
        )
    except (SlackClientError, OSError) as error:
        report("agents.sessions.setStatus", type(error).__name__)


@contextmanager
def shown(clients: Clients, message: Message, report: Report) -> Iterator[None]:
    """Show, in a direct message, that it is being answered, from ``MOMENT`` on until done."""
    if not message.direct:
        yield
        return
    begun = threading.Event()

    def begin() -> None:
        begun.set()
        set_status(clients, message, "processing", report)

    timer = threading.Timer(MOMENT, begin)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        if begun.is_set():
            set_status(clients, message, "active", report)
