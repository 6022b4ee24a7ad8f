"""Makes the calls of the outbox, each once, and takes on what others left behind."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from supportbot.channels.slack.clients import Clients
from supportbot.channels.working import MOST_TRIES, Report, Worker, pause_after
from supportbot.store.slack_queue import Outcome, Post, SlackQueue

PAGE: Final = 200
MOST_PAGES: Final = 20
HOPELESS: Final = frozenset(
    {"channel_not_found", "not_in_channel", "is_archived", "account_inactive", "token_revoked",
     "invalid_auth", "user_not_in_channel", "restricted_action", "missing_scope", "invalid_blocks"}
)  # fmt: skip
"""Errors that another try does not mend; the operator is told."""


class Sender(Worker):
    """Works on the outbox, and takes on events that were left behind."""

    def __init__(
        self,
        queue: SlackQueue,
        clients: Clients,
        resume: Callable[[str, Mapping[str, Any]], None],
        report: Report,
    ) -> None:
        """``resume`` works on an event that was left behind."""
        super().__init__("slack", report)
        self._queue = queue
        self._clients = clients
        self._resume = resume

    def work(self) -> None:
        """Do what is due now."""
        for event_id, body in self._queue.left_behind():
            self._resume(event_id, body)
        for post in self._queue.due():
            outcome, seconds = self._send(post)
            self._queue.settle(post, outcome, seconds)

    def _send(self, post: Post) -> tuple[Outcome, float]:
        if post.tries >= MOST_TRIES:
            self._report(post.method, "given up")
            return "given_up", 0.0
        client = self._clients.of(post.team)
        if client is None:
            self._report(post.method, "not installed")
            return "given_up", 0.0
        again = pause_after(post.tries)
        try:
            if post.unsure and _is_there(client, post):
                return "sent", 0.0
            client.api_call(post.method, json=dict(post.body))
        except SlackApiError as error:
            return self._refused(post, error, again)
        except Exception as error:  # the reply was lost: it may be there or not
            self._report(post.method, type(error).__name__)
            return "unsure", again
        return "sent", 0.0

    def _refused(self, post: Post, error: SlackApiError, again: float) -> tuple[Outcome, float]:
        response = error.response
        if response.status_code == 429:
            return "later", float(response.headers.get("Retry-After", 30))
        reason = str(response.get("error"))
        self._report(post.method, reason)
        return ("given_up", 0.0) if reason in HOPELESS else ("later", again)


def _is_there(client: WebClient, post: Post) -> bool:
    """Look for the post in its thread; one that only one person saw leaves no trace."""
    if post.method != "chat.postMessage":
        return True  # better once too few than twice
    pages = client.conversations_replies(
        channel=post.body["channel"],
        ts=post.body["thread_ts"],
        limit=PAGE,
        include_all_metadata=True,
    )
    return any(post.id in _ids(page) for _, page in zip(range(MOST_PAGES), pages, strict=False))


def _ids(page: SlackResponse) -> set[str]:
    told = ((each.get("metadata") or {}) for each in page.get("messages") or ())
    return {str((each.get("event_payload") or {}).get("id")) for each in told}
