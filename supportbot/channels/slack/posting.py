"""Posts for the outbox: in a thread, known again by their metadata, and unfolding no link."""

from collections.abc import Mapping
from typing import Any, Final

from supportbot.store.slack_queue import Post

POST: Final = "chat.postMessage"
Place = tuple[str, str, str]
"""Team, channel, and the thread's first message."""


def post_in(place: Place, own_id: str, body: Mapping[str, Any], **payload: str) -> Post:
    """Return a post; ``payload`` goes with its id in the metadata."""
    team, channel, thread = place
    whole = {
        "channel": channel,
        "thread_ts": thread,
        **body,
        "metadata": {
            "event_type": "supportbot_answer",
            "event_payload": {"id": own_id, **payload},
        },
        "unfurl_links": False,
        "unfurl_media": False,
    }
    return Post(own_id, team, POST, whole)
