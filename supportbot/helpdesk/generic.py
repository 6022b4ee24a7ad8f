"""Any other system: it signs what a customer wrote, and gets a signed note back."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from supportbot.errors import ConfigError
from supportbot.helpdesk.calling import Calls
from supportbot.helpdesk.desk import CustomerWrote, Thread
from supportbot.helpdesk.signing import signature, verify

NAME: Final = "generic"
SIGNATURE: Final = "x-supportbot-signature"
STAMP: Final = "x-supportbot-timestamp"
DELIVERY: Final = "x-supportbot-delivery"
SHORTEST_SECRET: Final = 32
LONGEST_ID: Final = 64


class Generic:
    """
    A ``Helpdesk`` that cannot be read: what its call tells is all there is.

    The account is trusted, as the host's own system has signed it.  A note carries its draft's
    id, by which the receiver knows one that comes again.
    """

    name = NAME
    can_be_read = False

    def __init__(self, url: str, secret: str) -> None:
        """
        Nothing is sent yet.

        Raises:
            ConfigError: the secret is too short to be one.
        """
        if len(secret) < SHORTEST_SECRET:
            raise ConfigError(
                f"SUPPORTBOT_GENERIC_WEBHOOK_SECRET is shorter than {SHORTEST_SECRET} characters; "
                "make one with `openssl rand -hex 32`."
            )
        self._secret = secret.encode()
        self._url = url
        self._calls = Calls(NAME, url, {}, None)

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Raise ``BadSignature`` unless ``body`` is theirs and fresh."""
        stamp, given = headers.get(STAMP, ""), headers.get(SIGNATURE, "")
        verify(self._secret, stamp, given, body, now)

    def event(self, headers: Mapping[str, str], body: bytes) -> CustomerWrote | None:
        """Return what a customer wrote; None: the body is none of ours."""
        try:
            told = json.loads(body)
            ticket, text = told["ticket"], told["text"]
            account, message = told.get("account"), told["message"]
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        ids = [str(each) for each in (ticket, message, account) if each is not None]
        if not isinstance(text, str) or not all(0 < len(each) <= LONGEST_ID for each in ids):
            return None
        key = headers.get(DELIVERY) or hashlib.sha256(f"{ticket}\0{message}".encode()).hexdigest()
        kept = {"text": text, "message": str(message)}
        return CustomerWrote(
            key, str(ticket), kept if account is None else {**kept, "account": str(account)}
        )

    def thread(self, event: CustomerWrote) -> Thread:
        """Return what the call told."""
        told = event.told
        return Thread(
            event.ticket,
            str(told.get("text", "")),
            waits=True,
            version=str(told.get("message", "")),
            requester="",
            message=str(told.get("message", "")),
            account=told.get("account"),
        )

    def post_private_note(self, thread: Thread, note: str, draft: str) -> None:
        """Send the note, signed as calls to us are."""
        body: dict[str, Any] = {
            "ticket": thread.ticket,
            "message": thread.version,
            "draft": draft,
            "note": note,
        }
        sent = json.dumps(body).encode()
        stamp = str(int(datetime.now(UTC).timestamp()))
        headers = {
            STAMP: stamp,
            SIGNATURE: signature(self._secret, stamp, sent),
            DELIVERY: draft,
            "content-type": "application/json",
        }
        self._calls.send_bytes("POST", self._url, sent, headers)

    def close(self) -> None:
        """Close the connections."""
        self._calls.close()
