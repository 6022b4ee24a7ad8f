"""Chatwoot: the account's webhook, and the Conversations API."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from supportbot.helpdesk.calling import Calls
from supportbot.helpdesk.desk import CustomerWrote, Thread, unanswered
from supportbot.helpdesk.signing import verify

NAME: Final = "chatwoot"
SIGNATURE: Final = "x-chatwoot-signature"
STAMP: Final = "x-chatwoot-timestamp"
DELIVERY: Final = "x-chatwoot-delivery"
INCOMING: Final = (0, "incoming")


class Chatwoot:
    """
    A ``Helpdesk``.

    The contact's ``identifier`` is the account, where Chatwoot says that its HMAC was verified.
    """

    name = NAME
    can_be_read = True

    def __init__(self, url: str, account: str, token: str, secret: str) -> None:
        """Nothing is asked yet."""
        self._secret = secret.encode()
        self._place = f"/api/v1/accounts/{account}/conversations"
        self._calls = Calls(NAME, url, {"api_access_token": token}, None)

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Raise ``BadSignature`` unless ``body`` is Chatwoot's and fresh."""
        stamp, given = headers.get(STAMP, ""), headers.get(SIGNATURE, "")
        verify(self._secret, stamp, given, body, now)

    def event(self, headers: Mapping[str, str], body: bytes) -> CustomerWrote | None:
        """Return the conversation of a customer's new message; None for all else."""
        try:
            told = json.loads(body)
            if told["event"] != "message_created" or told.get("private"):
                return None
            if told.get("message_type") not in INCOMING:
                return None
            ticket = str(told["conversation"]["id"])
        except (ValueError, KeyError, TypeError):
            return None
        key = headers.get(DELIVERY) or hashlib.sha256(body).hexdigest()
        return CustomerWrote(key, ticket) if ticket.isdigit() else None

    def thread(self, event: CustomerWrote) -> Thread:
        """Return the conversation as it is now."""
        ticket = event.ticket
        about = self._calls.send("GET", f"{self._place}/{ticket}")
        messages = self._calls.send("GET", f"{self._place}/{ticket}/messages")["payload"]
        public = [e for e in messages if not e.get("private") and e.get("message_type") in (0, 1)]
        waiting = unanswered(public, lambda each: each.get("message_type") in INCOMING)
        replies = [each for each in public if each.get("message_type") not in INCOMING]
        meta = about.get("meta") or {}
        contact = meta.get("sender") or {}
        verified = bool(meta.get("hmac_verified")) and bool(contact.get("identifier"))
        return Thread(
            ticket,
            "\n\n".join(map(_words, waiting)),
            waits=bool(waiting),
            version=str(messages[-1]["id"]) if messages else "",
            requester=str(contact.get("email") or ""),
            message=str(waiting[-1].get("id") or len(public)) if waiting else "",
            account=str(contact["identifier"]) if verified else None,
            notes=tuple(_words(each) for each in messages if each.get("private")),
            reply=_words(replies[-1]) if replies else "",
            replied_at=_instant(replies[-1].get("created_at")) if replies else None,
        )

    def post_private_note(self, thread: Thread, note: str, draft: str) -> None:
        """Add a private note; without ``private`` the customer would get it."""
        body = {"content": note, "message_type": "outgoing", "private": True}
        self._calls.send("POST", f"{self._place}/{thread.ticket}/messages", body)

    def close(self) -> None:
        """Close the connections."""
        self._calls.close()


def _instant(stamp: object) -> datetime | None:
    return datetime.fromtimestamp(stamp, UTC) if isinstance(stamp, int | float) else None


def _words(message: Mapping[str, Any]) -> str:
    return str(message.get("content") or "")
