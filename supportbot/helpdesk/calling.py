"""Calls of a helpdesk's own API over HTTP: JSON in, JSON out, errors in two kinds."""

import json
from collections.abc import Mapping
from typing import Any, Final

import httpx2

from supportbot.helpdesk.desk import DeskUnavailable, Superseded

TIMEOUT: Final = httpx2.Timeout(10, connect=2)
JSON: Final = {"content-type": "application/json"}
LASTING: Final = frozenset({400, 401, 403, 404, 422})


class Calls:
    """A client of one helpdesk; redirects are not followed, proxies of the environment not used."""

    def __init__(
        self, name: str, base_url: str, headers: Mapping[str, str], auth: tuple[str, str] | None
    ) -> None:
        """Nothing is asked yet."""
        self._name = name
        self._client = httpx2.Client(
            base_url=base_url.rstrip("/"),
            headers=dict(headers),
            auth=auth,
            timeout=TIMEOUT,
            trust_env=False,
        )

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401
        """
        Make a call and return what came back.

        Raises:
            Superseded: 409.
            DeskUnavailable: anything else that is no success.
        """
        sent = b"" if body is None else json.dumps(body).encode()
        reply = self.send_bytes(method, path, sent, JSON if sent else {})
        try:
            return reply.json()
        except ValueError as error:
            raise DeskUnavailable(f"{self._name} sent what is not JSON.") from error

    def send_bytes(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> httpx2.Response:
        """Make a call with a body as it is; raises as ``send``."""
        try:
            reply = self._client.request(method, path, content=body, headers=dict(headers))
        except httpx2.TransportError as error:
            raise DeskUnavailable(f"{self._name} broke off: {type(error).__name__}.") from error
        if reply.status_code == 409:
            raise Superseded(f"{self._name}: the ticket has changed.")
        if not reply.is_success:
            wait = reply.headers.get("Retry-After", "")
            raise DeskUnavailable(
                f"{self._name} answered {method} {path} with status {reply.status_code}.",
                float(wait) if wait.isdigit() else None,
                lasting=reply.status_code in LASTING,
            )
        return reply

    def close(self) -> None:
        """Close the connections."""
        self._client.close()
