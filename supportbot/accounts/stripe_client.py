"""
The official Stripe client, made unable to change anything.

Everything that it sends goes through our own HTTP: GET, from a list of paths, once more at
most, within the deadline of the turn.  It sends no telemetry and tries nothing again itself.
"""

from collections.abc import Mapping
from typing import Any, Final, NoReturn
from urllib.parse import parse_qsl, urlsplit

import stripe

from supportbot.accounts.guard import Deadline, Guard
from supportbot.accounts.web import Refused, Web

API_VERSION: Final = "2026-10-28.endive"
ID: Final = r"[A-Za-z0-9_]+"
READABLE: Final = (
    r"/v1/customers/search",
    rf"/v1/customers/{ID}",
    rf"/v1/customers/{ID}/payment_methods",
    r"/v1/invoices",
    r"/v1/invoice_payments",
    r"/v1/payment_intents",
    r"/v1/billing/credit_grants",
    r"/v1/billing/credit_balance_summary",
)
"""Every path that is ever asked for."""


def open_web(guard: Guard, api_key: str, base_url: str, private_hosts: tuple[str, ...] = ()) -> Web:
    """
    Return the one way to Stripe.

    Raises:
        ConfigError: the address is none that may be used.
    """
    headers = {"Authorization": f"Bearer {api_key}", "Stripe-Version": API_VERSION}
    return Web(
        guard,
        base_url,
        headers,
        setting="STRIPE_API_BASE",
        allowed=READABLE,
        private_hosts=private_hosts,
    )


def open_client(web: Web, guard: Guard, api_key: str, deadline: Deadline) -> stripe.StripeClient:
    """Return a client for one turn; the client is light, its connections are ``web``'s."""
    return stripe.StripeClient(
        api_key,
        stripe_version=API_VERSION,
        base_addresses={"api": web.base_url},
        max_network_retries=0,
        http_client=ReadOnly(web, guard, deadline),
    )


class ReadOnly(stripe.HTTPClient):
    """Sends GET requests through ``Web``, and no others; SourceUnavailable is not caught."""

    name = "supportbot"

    def __init__(self, web: Web, guard: Guard, deadline: Deadline) -> None:
        super().__init__()
        self._web = web
        self._guard = guard
        self._deadline = deadline

    def request_with_retries(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        post_data: Any = None,  # noqa: ANN401 -- Stripe's signature
        max_network_retries: int | None = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Send one request; the headers are our own, without Stripe's telemetry."""
        if method.lower() != "get" or post_data is not None:
            raise Refused(f"Stripe is only read here, and {method.upper()} would not be reading.")
        if not url.startswith(f"{self._web.base_url}/"):
            raise Refused("Stripe is asked at one address only.")
        parts = urlsplit(url.removeprefix(self._web.base_url))
        query = parse_qsl(parts.query, keep_blank_values=True)
        got = self._guard.call(
            _endpoint(parts.path),
            self._deadline,
            lambda seconds: _whole(self._web, parts.path, seconds, query),
        )
        return got, 200, {}

    def request_stream_with_retries(self, *_: object, **__: object) -> NoReturn:
        """Refuse: nothing that is read comes as a stream."""
        raise Refused("Stripe is only read here, and never as a stream.")

    async def request_with_retries_async(self, *_: object, **__: object) -> NoReturn:
        """Refuse: there is one way to Stripe."""
        raise Refused("Stripe is only read here, and not asynchronously.")

    async def request_stream_with_retries_async(self, *_: object, **__: object) -> NoReturn:
        """Refuse: there is one way to Stripe."""
        raise Refused("Stripe is only read here, and never as a stream.")

    def close(self) -> None:
        """Leave the connections open: they are not its own."""


def _endpoint(path: str) -> str:
    """Name the kind of request, for the breaker: the path without ids."""
    steps = path.strip("/").split("/")[1:]
    return "/".join(step for step in steps if not any(c.isdigit() for c in step))


def _whole(web: Web, path: str, seconds: float, query: list[tuple[str, str]]) -> str:
    got = web.once(path, seconds, query=query)
    got.json()  # half a body must be asked for again, and Stripe's client would not
    return got.body.decode("utf-8", "replace")
