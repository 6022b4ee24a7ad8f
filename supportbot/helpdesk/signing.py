"""Signatures of calls: the hex HMAC-SHA256 of a Unix stamp, a full stop, and the body."""

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Final

from supportbot.helpdesk.desk import BadSignature, fresh

LONGEST_STAMP: Final = 12


def signature(secret: bytes, stamp: str, body: bytes) -> str:
    """Sign a body, as Chatwoot and we ourselves do."""
    digest = hmac.new(secret, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"


def verify(secret: bytes, stamp: str, given: str, body: bytes, now: datetime) -> None:
    """Raise ``BadSignature`` unless ``given`` is the body's signature at ``stamp``, and fresh."""
    is_stamp = stamp.isascii() and stamp.isdigit() and len(stamp) <= LONGEST_STAMP
    if not is_stamp or not given.isascii():
        raise BadSignature("The call is not signed.")
    if not hmac.compare_digest(given, signature(secret, stamp, body)):
        raise BadSignature("The signature does not hold.")
    fresh(datetime.fromtimestamp(int(stamp), UTC), now)
