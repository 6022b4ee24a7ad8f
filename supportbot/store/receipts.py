"""
Receipts: what was answered to a request that carried an Idempotency-Key.

A receipt is written in the transaction that stores what the request did, so that neither is
there without the other; a retry gets the first result.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Engine, delete, insert, select
from sqlalchemy.exc import IntegrityError

from supportbot.errors import SupportbotError
from supportbot.store.faults import plain_faults
from supportbot.store.tables import receipts

KEPT: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Receipt:
    """
    One request and its result.

    ``identity`` is who sent it, ``request`` a hash of what was asked and where; another request
    under the same key is a mistake of its sender.
    """

    identity: str
    key: str
    request: str
    status: int
    body: str
    at: datetime


class AlreadyDone(SupportbotError):
    """Another request with this key was stored first, perhaps a moment ago."""


def find_receipt(engine: Engine, identity: str, key: str) -> Receipt | None:
    """Return the receipt that is kept under a key; None: the request is new."""
    query = select(receipts).where(receipts.c.identity == identity, receipts.c.key == key)
    with plain_faults(engine), engine.connect() as connection:
        found = connection.execute(query).first()
    return Receipt(**found._mapping) if found else None


def keep_receipt(connection: Connection, receipt: Receipt) -> None:
    """
    Write a receipt within a transaction, and drop those that are too old.

    Raises:
        AlreadyDone: there is one under this key; the transaction must not be committed.
    """
    connection.execute(delete(receipts).where(receipts.c.at < receipt.at - KEPT))
    values = {name: getattr(receipt, name) for name in receipts.c.keys()}  # noqa: SIM118
    try:
        connection.execute(insert(receipts), values)
    except IntegrityError as error:
        raise AlreadyDone("A request with this key was stored before.") from error
