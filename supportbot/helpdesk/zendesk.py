"""Zendesk: a trigger's webhook with the ticket's id, and the Tickets API."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from supportbot.errors import ConfigError
from supportbot.helpdesk.calling import Calls
from supportbot.helpdesk.desk import (
    BadSignature,
    CustomerWrote,
    DeskUnavailable,
    Thread,
    fresh,
    unanswered,
)

NAME: Final = "zendesk"
TEST_SECRET: Final = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="  # noqa: S105 -- public
"""Zendesk's own, with which a webhook signs while it is set up: everybody knows it."""

SIGNATURE: Final = "x-zendesk-webhook-signature"
STAMP: Final = "x-zendesk-webhook-signature-timestamp"
DELIVERY: Final = "x-zendesk-webhook-invocation-id"


class Zendesk:
    """
    A ``Helpdesk``.

    The requester is who the account's owner is when Zendesk has verified them; their
    ``external_id`` is the account.
    """

    name = NAME
    can_be_read = True

    def __init__(self, url: str, email: str, token: str, secret: str) -> None:
        """
        Nothing is asked yet.

        Raises:
            ConfigError: the secret is the one that everybody knows.
        """
        if secret == TEST_SECRET:
            raise ConfigError(
                "SUPPORTBOT_ZENDESK_WEBHOOK_SECRET is Zendesk's public test secret; give the one "
                "that the finished webhook shows."
            )
        self._secret = secret.encode()
        self._calls = Calls(NAME, url, {}, (f"{email}/token", token))

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Raise ``BadSignature`` unless ``body`` is Zendesk's and fresh."""
        stamp = headers.get(STAMP, "")
        try:
            given = base64.b64decode(headers.get(SIGNATURE, ""), validate=True)
            at = datetime.fromisoformat(stamp)
        except (binascii.Error, ValueError):
            raise BadSignature("The call is not signed.") from None
        if not hmac.compare_digest(given, signature(self._secret, stamp, body)):
            raise BadSignature("The signature does not hold.")
        fresh(at if at.tzinfo else at.replace(tzinfo=UTC), now)

    def event(self, headers: Mapping[str, str], body: bytes) -> CustomerWrote | None:
        """Return the ticket of a trigger; its template holds the id and nothing else."""
        try:
            ticket = str(json.loads(body)["ticket_id"])
        except (ValueError, KeyError, TypeError):
            return None
        key = headers.get(DELIVERY) or hashlib.sha256(body).hexdigest()
        return CustomerWrote(key, ticket) if ticket.isdigit() else None

    def thread(self, event: CustomerWrote) -> Thread:
        """Return the ticket as it is now."""
        ticket = event.ticket
        about = self._calls.send("GET", f"/api/v2/tickets/{ticket}.json")["ticket"]
        comments = self._comments(ticket)
        public = [each for each in comments if each.get("public")]
        requester = about["requester_id"]
        waiting = unanswered(public, lambda each: each.get("author_id") == requester)
        replies = [each for each in public if each.get("author_id") != requester]
        user = self._calls.send("GET", f"/api/v2/users/{requester}.json")["user"]
        verified = bool(user.get("verified")) and bool(user.get("external_id"))
        return Thread(
            ticket,
            "\n\n".join(map(_words, waiting)),
            waits=bool(waiting),
            version=str(about["updated_at"]),
            requester=str(user.get("email") or ""),
            message=str(waiting[-1].get("id") or len(public)) if waiting else "",
            account=str(user["external_id"]) if verified else None,
            notes=tuple(_words(each) for each in comments if not each.get("public")),
            reply=_words(replies[-1]) if replies else "",
            replied_at=_instant(replies[-1].get("created_at")) if replies else None,
        )

    def post_private_note(self, thread: Thread, note: str, draft: str) -> None:
        """Add an internal note; ``safe_update`` refuses it when somebody wrote meanwhile."""
        ticket = {
            "comment": {"body": note, "public": False},
            "safe_update": True,
            "updated_stamp": thread.version,
        }
        self._calls.send("PUT", f"/api/v2/tickets/{thread.ticket}.json", {"ticket": ticket})

    def close(self) -> None:
        """Close the connections."""
        self._calls.close()

    def _comments(self, ticket: str) -> list[dict[str, Any]]:
        """Return the comments, the oldest first; of a ticket with several pages the newest ones."""
        place = f"/api/v2/tickets/{ticket}/comments.json"
        page = self._calls.send("GET", place)
        more = bool(page.get("next_page"))
        if more:
            page = self._calls.send("GET", f"{place}?sort_order=desc")
        found = page.get("comments")
        if not isinstance(found, list):
            raise DeskUnavailable("zendesk sent no comments.")
        return found[::-1] if more else found


def signature(secret: bytes, stamp: str, body: bytes) -> bytes:
    """Sign as Zendesk does: stamp and body with nothing between, the secret as it is written."""
    return hmac.new(secret, stamp.encode() + body, hashlib.sha256).digest()


def _instant(stamp: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(stamp))
    except ValueError:
        return None


def _words(comment: Mapping[str, Any]) -> str:
    return str(comment.get("plain_body") or comment.get("body") or "")
