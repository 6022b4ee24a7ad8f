"""
A web server that can go wrong in every way that a real one does.

``FaultServer(respond)`` serves what ``respond(Request)`` returns, over real HTTP on this
machine.  ``server.faults[path]`` makes the paths that match misbehave instead; ``server.requests``
keeps what came.
"""

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

SLOW_SECONDS: Final = 10.0
FIFTY_MB: Final = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """What came: the path, decoded, and the rest."""

    method: str
    path: str
    raw_path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes = b""

    def asked(self, name: str) -> str | None:
        """Return a query parameter; None: it was not given."""
        return dict(self.query).get(name)


@dataclass(frozen=True, slots=True)
class Response:
    """A status and JSON, or bytes as they are."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def data(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


Respond = Callable[[Request], Response]
Fault = Callable[["Handler", Request, Respond], None]


def status(code: int, **headers: str) -> Fault:
    """Answer with an error's status; header names with _ for -."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, *_: handler.send(Response({"error": {}}, code, named))


def slow(seconds: float = SLOW_SECONDS) -> Fault:
    """Answer well, but late."""

    def late(handler: "Handler", request: Request, respond: Respond) -> None:
        handler.server.stopping.wait(seconds)
        handler.send(respond(request))

    return late


def closed(handler: "Handler", _request: Request, _respond: Respond) -> None:
    """Close the connection without a word."""
    handler.close_connection = True
    with suppress(OSError):
        handler.connection.shutdown(socket.SHUT_RDWR)


def half_closed(handler: "Handler", request: Request, respond: Respond) -> None:
    """Promise a body and close before it."""
    handler.head(200, {"Content-Length": str(len(respond(request).data()))})
    closed(handler, request, respond)


def truncated(handler: "Handler", request: Request, respond: Respond) -> None:
    """Send JSON that ends in the middle, as if it were whole."""
    data = respond(request).data()
    handler.send(Response(data[: len(data) // 2]))


def garbage(handler: "Handler", _request: Request, _respond: Respond) -> None:
    """Send bytes that mean nothing."""
    handler.send(Response(b"\x00\xff<html>502 Bad Gateway"))


def huge(handler: "Handler", _request: Request, _respond: Respond) -> None:
    """Send 50 MB."""
    handler.head(200, {"Content-Length": str(FIFTY_MB)})
    with suppress(OSError):
        for _ in range(50):
            handler.wfile.write(b" " * (1024 * 1024))
    handler.close_connection = True


def dripping(handler: "Handler", request: Request, respond: Respond) -> None:
    """Send a byte now and then, each soon enough, the whole never."""
    data = respond(request).data()
    handler.head(200, {"Content-Length": str(len(data))})
    with suppress(OSError):
        for place in range(len(data)):
            handler.wfile.write(data[place : place + 1])
            handler.wfile.flush()
            if handler.server.stopping.wait(0.3):
                break
    handler.close_connection = True


def instead(response: Response) -> Fault:
    """Send something else, such as the body of another account."""
    return lambda handler, *_: handler.send(response)


def redirect(target: str) -> Fault:
    """Send the caller elsewhere."""
    return lambda handler, *_: handler.send(Response(b"", 302, {"Location": target}))


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: "_Server"

    def handle_one(self) -> None:
        parts = urlsplit(self.path)
        request = Request(
            self.command,
            unquote(parts.path),
            parts.path,
            tuple(parse_qsl(parts.query, keep_blank_values=True)),
            dict(self.headers.items()),
            self.rfile.read(int(self.headers.get("Content-Length") or 0)),
        )
        owner = self.server.owner
        owner.requests.append(request)
        fault = owner.fault_at(request.path)
        if fault:
            fault(self, request, owner.respond)
        else:
            self.send(owner.respond(request))

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = handle_one

    def send(self, response: Response) -> None:
        data = response.data()
        with suppress(OSError):
            self.head(response.status, {**response.headers, "Content-Length": str(len(data))})
            self.wfile.write(data)

    def head(self, code: int, headers: Mapping[str, str]) -> None:
        self.send_response(code)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    owner: "FaultServer"
    stopping: threading.Event

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up is no news."""


class FaultServer:
    """A web server on this machine; see the module."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond
        self.faults: dict[str, Fault] = {}
        self.requests: list[Request] = []
        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.owner = self
        self._server.stopping = threading.Event()
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fault_at(self, path: str) -> Fault | None:
        """Return what goes wrong at a path; keys are patterns that its beginning matches."""
        return next((f for pattern, f in self.faults.items() if re.match(pattern, path)), None)

    def close(self) -> None:
        self._server.stopping.set()
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def serving(respond: Respond) -> Iterator[FaultServer]:
    """Serve for as long as the block lasts."""
    server = FaultServer(respond)
    try:
        yield server
    finally:
        server.close()


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Fail when the block takes longer: for deadlines, with room for a busy machine."""
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    assert took <= seconds, f"took {took:.2f} s"


FAULTS: Final[Mapping[str, Fault]] = {
    "500": status(500),
    "429 at once": status(429, Retry_After="0"),
    "429 for a minute": status(429, Retry_After="60"),
    "slow": slow(),
    "closed": closed,
    "half-closed": half_closed,
    "truncated": truncated,
    "garbage": garbage,
    "huge": huge,
    "dripping": dripping,
    "401": status(401),
    "403": status(403),
}
"""Everything that any source must survive, by a name for the test's id."""
