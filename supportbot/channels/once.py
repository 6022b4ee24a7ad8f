"""A request that carries an Idempotency-Key is done once; a retry gets the first result."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import Header, Request
from fastapi.responses import Response
from sqlalchemy import Engine

from supportbot.channels.identity import Visitor
from supportbot.channels.problems import problem
from supportbot.store.receipts import AlreadyDone, Receipt, find_receipt

REPLAYED: Final = {"Idempotent-Replayed": "true"}
GUESSABLE: Final = 16
"""An anonymous visitor's key shorter than this counts only together with its address."""

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[!-~]+$",
        description="A retry with the same key gets the first result; kept for 30 days.",
    ),
]


@dataclass(frozen=True, slots=True)
class Once:
    """One request under a key."""

    identity: str
    key: str
    request: str

    def receipt(self, status: int, body: str) -> Receipt:
        """Return what is to be kept together with what the request did."""
        return Receipt(self.identity, self.key, self.request, status, body, datetime.now(UTC))


def address_of(request: Request) -> str:
    """Return the address of the visitor, or of the last proxy that is not trusted."""
    return request.client.host if request.client else ""


def once(request: Request, visitor: Visitor, key: str | None, asked: str) -> Once | None:
    """Name the request; ``asked`` is what it asks, in one form.  None: it has no key."""
    if key is None:
        return None
    identity = visitor.key or ("" if len(key) >= GUESSABLE else f"\n{address_of(request)}")
    place = f"{request.method}\0{request.url.path}\0{asked}"
    return Once(identity, key, hashlib.sha256(place.encode("utf-8", "replace")).hexdigest())


def first_result(engine: Engine, asked: Once | None) -> Response | None:
    """Return the result of an earlier request under this key; None: this is the first."""
    if asked is None:
        return None
    kept = find_receipt(engine, asked.identity, asked.key)
    if kept is None:
        return None
    if kept.request != asked.request:
        return problem(422, "This Idempotency-Key was used for another request; make a new one.")
    media = "application/json" if kept.body else None
    return Response(kept.body or None, kept.status, REPLAYED, media)


def done_once(engine: Engine, asked: Once | None, do: Callable[[], Response]) -> Response:
    """Do what was asked, unless it was done before: then return the first result."""
    if (before := first_result(engine, asked)) is not None:
        return before
    try:
        return do()
    except AlreadyDone:  # by another request, while this one was at it
        return first_result(engine, asked) or problem(503, headers={"Retry-After": "1"})
