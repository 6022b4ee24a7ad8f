"""Makes the calls of the outbox, each once, and takes on what others left behind."""

import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from supportbot.store.slack_queue import Outcome, Post, SlackQueue

PAUSE_SECONDS: Final = 1.0
MOST_TRIES: Final = 8
SLOWEST_RETRY: Final = 300.0
LOOKED_BACK: Final = 50
HOPELESS: Final = frozenset(
    {"channel_not_found", "not_in_channel", "is_archived", "account_inactive", "token_revoked",
     "invalid_auth", "user_not_in_channel", "restricted_action", "missing_scope", "invalid_blocks"}
)  # fmt: skip
"""Errors that another try does not mend; the operator is told."""


class Sender:
    """Works on the queue in a thread; ``wake`` makes it look at once."""

    def __init__(
        self,
        queue: SlackQueue,
        client: WebClient,
        resume: Callable[[str, Mapping[str, Any]], None],
        report: Callable[[str, str], None],
    ) -> None:
        """``resume`` works on an event that was left behind; ``report`` is told of troubles."""
        self._queue = queue
        self._client = client
        self._resume = resume
        self._report = report
        self._awake = threading.Event()
        self._stopping = False

    def start(self) -> None:
        """Begin, in a thread that ends with the process."""
        threading.Thread(target=self._run, name="slack", daemon=True).start()

    def wake(self) -> None:
        """Look at the queue at once."""
        self._awake.set()

    def stop(self) -> None:
        """End after what is in hand."""
        self._stopping = True
        self._awake.set()

    def _run(self) -> None:
        while not self._stopping:
            self._awake.wait(PAUSE_SECONDS)
            self._awake.clear()
            try:
                self.work()
            except Exception as error:  # a database that is away for a moment must not end it
                self._report("queue", type(error).__name__)

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
        again = min(SLOWEST_RETRY, 2.0**post.tries)
        try:
            if post.unsure and self._is_there(post):
                return "sent", 0.0
            self._client.api_call(post.method, json=dict(post.body))
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

    def _is_there(self, post: Post) -> bool:
        """Look for the post in its thread; one that only one person saw leaves no trace."""
        if post.method != "chat.postMessage":
            return True  # better once too few than twice
        found = self._client.conversations_replies(
            channel=post.body["channel"],
            ts=post.body["thread_ts"],
            limit=LOOKED_BACK,
            include_all_metadata=True,
        )
        ids = (
            ((each.get("metadata") or {}).get("event_payload") or {}).get("id")
            for each in found.get("messages") or ()
        )
        return post.id in set(ids)
