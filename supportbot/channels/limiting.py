"""How much one visitor, one address and all together may send; the rest is turned away at once."""

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from math import ceil
from time import time
from typing import Any, Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers

from supportbot.channels.identity import Visitor
from supportbot.channels.observing import Metrics
from supportbot.channels.problems import ASGIApp, Receive, Scope, Send, TooMany, problem

LARGEST_BODY: Final = 64 * 1024
TIMES_AS_MANY: Final = 10
"""An account, or an address, may send so many times what one visitor may."""

MOST_AT_ONCE: Final = 64
"""A little more than the threads that work: what waits longer is better sent again."""

SHED_SECONDS: Final = "1"


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Messages a minute; 0 is no limit."""

    per_visitor: int
    _limiter: MovingWindowRateLimiter

    @classmethod
    def of(cls, per_visitor: int) -> "RateLimits":
        """Count in this process, from now."""
        return cls(per_visitor, MovingWindowRateLimiter(MemoryStorage()))

    def spend(self, visitor: Visitor, address: str) -> None:
        """
        Count one message.

        Raises:
            TooMany: the visitor, its account or its address has sent too many.
        """
        if not self.per_visitor:
            return
        for name, number in self._buckets(visitor, address):
            item = RateLimitItemPerMinute(number)
            if not self._limiter.hit(item, name):
                until = self._limiter.get_window_stats(item, name).reset_time
                raise TooMany(max(1, ceil(until - time())))

    def _buckets(self, visitor: Visitor, address: str) -> Iterator[tuple[str, int]]:
        yield f"address {address}", self.per_visitor * TIMES_AS_MANY
        if visitor.account is None:
            yield f"visitor {address}", self.per_visitor
        else:
            yield f"account {visitor.account}", self.per_visitor * TIMES_AS_MANY
            yield f"visitor {visitor.key}", self.per_visitor


class BoundedBody:
    """Refuses a body of more than 64 KiB, whether it says its length or not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, of which the body is read here."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "")
        messages = None if _is_over(length) else await _body(receive)
        if messages is None:
            await problem(413)(scope, receive, send)
            return

        async def receiving() -> MutableMapping[str, Any]:
            return messages.pop(0) if messages else await receive()

        await self._app(scope, receiving, send)


def _is_over(length: str) -> bool:
    return length.isdigit() and int(length) > LARGEST_BODY


async def _body(receive: Receive) -> list[MutableMapping[str, Any]] | None:
    """Return all messages of a body; None: it is too large."""
    messages, size, more = [], 0, True
    while more:
        message = await receive()
        messages.append(message)
        size += len(message.get("body", b""))
        more = bool(message.get("more_body"))
        if size > LARGEST_BODY:
            return None
    return messages


class Shed:
    """Turns requests away while too many are being worked on; what only watches is let in."""

    def __init__(self, app: ASGIApp, metrics: Metrics, most: int = MOST_AT_ONCE) -> None:
        self._app = app
        self._metrics = metrics
        self._most = most
        self._now = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or do not."""
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
            return
        if self._now >= self._most:
            self._metrics.shed.labels("busy").inc()
            await problem(503, headers={"Retry-After": SHED_SECONDS})(scope, receive, send)
            return
        self._now += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._now -= 1
