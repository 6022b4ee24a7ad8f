"""
Reading from one service over HTTP: GET alone, one host, bounded in time and size.

No redirect is followed.  A host name that leads to a private address is refused unless the
operator has listed it, so that no name on the internet can point us at our own network.
"""

import email.utils
import ipaddress
import json
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2

from supportbot.accounts.guard import CONNECT_SECONDS, Deadline, Guard, Transient
from supportbot.errors import AccountNotFound, ConfigError, SourceUnavailable

LARGEST_BODY: Final = 1024 * 1024
LOOPBACK_NAMES: Final = ("localhost",)
CONNECTIONS: Final = 32
Query = Sequence[tuple[str, str]]


class Refused(SourceUnavailable):
    """The service is there and will not tell us: a key or a permission is wrong."""


class Missing(SourceUnavailable):
    """The service is there and has nothing at this path."""


@dataclass(frozen=True, slots=True)
class Got:
    """A body that came whole with status 200."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:  # noqa: ANN401 -- whatever a foreign system sends
        """Return the JSON value, or raise Transient: half a body may be whole next time."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise Transient("The reply is not JSON.") from error


class Web:
    """GET requests to one service; safe to use from many threads."""

    def __init__(
        self,
        guard: Guard,
        base_url: str,
        headers: Mapping[str, str],
        *,
        setting: str,
        allowed: Sequence[str],
        private_hosts: Sequence[str] = (),
    ) -> None:
        """
        Nothing is asked yet.

        ``allowed`` are patterns of the paths below ``base_url`` that may be asked, whole;
        ``setting`` is where ``base_url`` came from, for messages.

        Raises:
            ConfigError: the address is none, or is neither https nor this machine.
        """
        self.base_url = _checked(base_url, setting, private_hosts)
        self._guard = guard
        self._setting = setting
        self._allowed = tuple(re.compile(pattern) for pattern in allowed)
        self._client = httpx2.Client(
            headers={"Accept": "application/json", "Accept-Encoding": "identity", **headers},
            transport=_Vetted(urlsplit(base_url).hostname or "", private_hosts),
            follow_redirects=False,
            trust_env=False,  # a proxy of the environment would see whose accounts we read
        )

    @property
    def source(self) -> str:
        """The name of the source that reads here."""
        return self._guard.source

    def get(self, path: str, deadline: Deadline, *, query: Query = (), endpoint: str) -> Any:  # noqa: ANN401
        """
        Return the JSON value at ``path``, asked for at most twice.

        ``path`` begins with a slash and is already percent-encoded; ``endpoint`` names the
        kind of request, for the breaker.

        Raises:
            Missing: 404.
            Refused: the service refuses us: 401, 403, a redirect, or any other 4xx.
            SourceUnavailable: it failed, was too slow, or sent what cannot be used.
        """
        return self._guard.call(
            endpoint, deadline, lambda seconds: self.once(path, seconds, query=query).json()
        )

    def once(self, path: str, seconds: float, *, query: Query = ()) -> Got:
        """Ask once; as ``get`` otherwise, with Transient where another try may help."""
        if not any(pattern.fullmatch(path) for pattern in self._allowed):
            raise Refused(f"{path} is not among the paths that {self.source} may be asked for.")
        deadline = Deadline(seconds)
        timeout = httpx2.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))
        try:
            with self._client.stream(
                "GET", self.base_url + path, params=list(query) or None, timeout=timeout
            ) as response:
                self._judge(response)
                return Got(_body(response, deadline, self.source), dict(response.headers))
        except httpx2.TimeoutException as error:
            raise Transient(f"{self.source} did not answer in time.") from error
        except httpx2.TransportError as error:
            raise Transient(f"{self.source} broke off: {error}.") from error

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def _judge(self, response: httpx2.Response) -> None:
        status = response.status_code
        if status == 200:
            return
        if status == 404:
            raise Missing(f"{self.source} has nothing at {response.url.path}.")
        if status == 429 or status >= 500:
            wait = seconds_to_wait(response.headers.get("Retry-After"))
            raise Transient(f"{self.source} answered with status {status}.", wait)
        if status in (401, 403):
            raise Refused(
                f"{self.source} refused {response.url.path} with status {status}: give the key "
                "the right to read it."
            )
        if response.has_redirect_location:
            raise Refused(
                f"{self.source} redirects elsewhere, which is not followed; set {self._setting} "
                "to the final address."
            )
        raise Refused(f"{self.source} answered {response.url.path} with status {status}.")


def seconds_to_wait(retry_after: str | None) -> float | None:
    """Read a Retry-After header, seconds or a date; None: there is none that makes sense."""
    if not retry_after:
        return None
    if re.fullmatch(r"\d{1,6}(\.\d+)?", retry_after.strip()):
        return float(retry_after)
    try:
        when = email.utils.parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def not_found(account_id: str, error: Missing) -> AccountNotFound:
    """Return what a missing record of an account means."""
    found = AccountNotFound(account_id)
    found.__cause__ = error
    return found


def _body(response: httpx2.Response, deadline: Deadline, source: str) -> bytes:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise Refused(f"{source} sent a packed body, which was not asked for.")
    parts, size = [], 0
    for part in response.iter_raw():
        size += len(part)
        if size > LARGEST_BODY:
            raise SourceUnavailable(f"{source} sent more than 1 MiB, which no record needs.")
        if deadline.left() <= 0:
            raise Transient(f"{source} did not finish in time.")
        parts.append(part)
    return b"".join(parts)


def _checked(url: str, setting: str, private_hosts: Sequence[str]) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(
            f"SUPPORTBOT_{setting} is no web address; give one like https://billing.example.com."
        )
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise ConfigError(
            f"SUPPORTBOT_{setting} holds more than a host and a path; leave out ?, # and @."
        )
    plain = parts.scheme == "http"
    if plain and not _is_loopback(parts.hostname) and parts.hostname not in private_hosts:
        raise ConfigError(
            f"SUPPORTBOT_{setting} is not encrypted: use https, or list the host in "
            "SUPPORTBOT_PRIVATE_HOSTS if it is inside your own network."
        )
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    if host in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Vetted(httpx2.BaseTransport):
    """Connects to one host, at an address that was looked at before."""

    def __init__(self, host: str, private_hosts: Sequence[str]) -> None:
        self._host = host
        self._may_be_private = host in private_hosts or host in LOOPBACK_NAMES or _is_address(host)
        self._inner = httpx2.HTTPTransport(
            trust_env=False, limits=httpx2.Limits(max_connections=CONNECTIONS)
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send to an address that the name leads to; certificates are judged by the name."""
        if request.method != "GET" or request.url.host != self._host:
            raise Refused(f"Only GET from {self._host} is allowed, not {request.method}.")
        if _is_address(self._host):
            return self._inner.handle_request(request)
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        first, *others = self._addresses(port)
        for address in others:
            with suppress(httpx2.ConnectError, httpx2.ConnectTimeout):
                return self._send(request, first)
            first = address
        return self._send(request, first)

    def close(self) -> None:
        self._inner.close()

    def _send(self, request: httpx2.Request, address: str) -> httpx2.Response:
        there = httpx2.Request(
            "GET",
            request.url.copy_with(host=address),
            headers=request.headers,
            extensions={**request.extensions, "sni_hostname": self._host},
        )
        return self._inner.handle_request(there)

    def _addresses(self, port: int) -> list[str]:
        try:
            addresses = list(dict.fromkeys(_addresses(self._host, port)))
        except OSError as error:
            raise httpx2.ConnectError(f"the name {self._host} leads nowhere") from error
        if not self._may_be_private and not all(each.is_global for each in addresses):
            raise Refused(
                f"{self._host} leads to a private address; list it in SUPPORTBOT_PRIVATE_HOSTS "
                "if it is inside your own network."
            )
        return [str(each) for each in addresses]


def _addresses(host: str, port: int) -> Iterator[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    for *_, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        yield ipaddress.ip_address(str(place[0]).partition("%")[0])


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
