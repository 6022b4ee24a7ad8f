"""How much one visitor, one address and all together may send; the rest is turned away at once."""

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from time import time
from typing import Any, Final, Literal

from anyio import move_on_after
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.datastructures import Headers

from supportbot.channels.identity import Visitor
from supportbot.channels.observing import Metrics
from supportbot.channels.problems import ASGIApp, Receive, Scope, Send, TooMany, problem

LARGEST_BODY: Final = 64 * 1024
BODY_SECONDS: Final = 10.0
"""Within which a body must have come; what drips is refused."""

TIMES_AS_MANY: Final = 10
"""An account, or an address, may send so many times what one visitor may."""

HOUSEHOLD: Final = 64
"""The bits of an IPv6 address that name whom it was given to, who may use all below it."""

MOST_AT_ONCE: Final = 40
"""As many as there are threads that work: what would wait for one is better sent again."""

SHED_SECONDS: Final = "1"
Kind = Literal["message", "remark"]


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Messages a minute; 0 is no limit."""

    per_visitor: int
    _limiter: SlidingWindowCounterRateLimiter  # it forgets whom it has not seen for a while

    @classmethod
    def of(cls, per_visitor: int) -> "RateLimits":
        """Count in this process, from now."""
        return cls(per_visitor, SlidingWindowCounterRateLimiter(MemoryStorage()))

    def spend(self, visitor: Visitor, address: str, kind: Kind = "message") -> None:
        """
        Count one message, or one remark: feedback, a wish for a person; ten times as many.

        Raises:
            TooMany: the visitor, its account or its address has sent too many.
        """
        if not self.per_visitor:
            return
        times = 1 if kind == "message" else TIMES_AS_MANY
        for name, number in self._buckets(visitor, _household(address)):
            item = RateLimitItemPerMinute(number * times)
            if not self._limiter.hit(item, kind, name):
                until = self._limiter.get_window_stats(item, kind, name).reset_time
                raise TooMany(max(1, ceil(until - time())))

    def _buckets(self, visitor: Visitor, address: str) -> Iterator[tuple[str, int]]:
        """Yield the narrowest first: who is refused there uses up nothing of the others."""
        yield f"visitor {visitor.key or address}", self.per_visitor
        if visitor.account is not None:
            yield f"account {visitor.account}", self.per_visitor * TIMES_AS_MANY
        yield f"address {address}", self.per_visitor * TIMES_AS_MANY


def _household(address: str) -> str:
    """Return an address, and of an IPv6 one the network that a visitor can choose from."""
    try:
        known = ip_address(address)
    except ValueError:
        return address  # a name, or none: of a socket in the file system
    if not isinstance(known, IPv6Address):
        return address
    return str(known.ipv4_mapped or ip_network((int(known), HOUSEHOLD), strict=False))


class BoundedBody:
    """
    Refuses a body of more than 64 KiB, whether it says its length or not, and one that drips.

    A request is worked on only when its body is there.
    """

    def __init__(self, app: ASGIApp, seconds: float = BODY_SECONDS) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, of which the body is read here."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "")
        messages: list[MutableMapping[str, Any]] | None = None
        with move_on_after(self._seconds) as waiting:
            messages = None if _is_over(length) else await _body(receive)
        if messages is None:
            await problem(408 if waiting.cancelled_caught else 413)(scope, receive, send)
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
