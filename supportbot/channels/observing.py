"""
What operators see of the HTTP API: a line of log for each request, and metrics.

Neither holds what people write, an account's id or figures, or a token.
"""

import hashlib
import logging
import re
import secrets
import time
from collections.abc import Callable, MutableMapping
from typing import Any, Final, get_args

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.datastructures import Headers, MutableHeaders

from supportbot.answer import Answer
from supportbot.channels.problems import ASGIApp, Receive, Scope, Send
from supportbot.redaction import Kind

REQUEST_ID: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
ELSEWHERE: Final = "elsewhere"
"""The route of a request that no route takes: its path is what somebody made up."""

REMOVED: Final[tuple[Kind, ...]] = get_args(Kind)
CONVERSATION: Final = "supportbot.conversation"

Log = structlog.typing.FilteringBoundLogger


class Metrics:
    """The metrics of one app, in a registry of its own."""

    def __init__(self) -> None:
        """All begin at zero."""
        self.registry = CollectorRegistry()
        self.requests = self._counter(
            "requests", "Requests, by route and status.", "route", "status"
        )
        self.answers = self._counter("answers", "Answers, by what came of them.", "outcome")
        self.degraded = self._counter("degraded", "Answers that lacked a part.", "part")
        self.replays = self._counter("replays", "Retries that got the first result.")
        self.refused = self._counter("refused_tokens", "Identity tokens that proved nothing.")
        self.shed = self._counter("shed", "Requests turned away, by why.", "why")
        self.redacted = self._counter("redacted", "Messages that held what is not kept.", "kind")
        self.seconds = Histogram(
            "supportbot_request_seconds",
            "How long requests took.",
            ("route",),
            registry=self.registry,
        )
        self._version = Info(
            "supportbot_knowledge", "The knowledge that serves.", registry=self.registry
        )
        self._loaded = Gauge(
            "supportbot_knowledge_loaded_seconds",
            "When the knowledge that serves was loaded, as Unix time.",
            registry=self.registry,
        )
        self._faults = Gauge(
            "supportbot_knowledge_faults",
            "Faults in newer knowledge, which does not serve because of them.",
            registry=self.registry,
        )
        self.resting = Gauge(
            "supportbot_source_resting",
            "1 while an endpoint of an account source is left alone after failures.",
            ("source", "endpoint"),
            registry=self.registry,
        )

    def count(self, answer: Answer) -> None:
        """Count an answer."""
        self.answers.labels(answer.outcome).inc()
        for part in answer.degraded:
            self.degraded.labels(part).inc()

    def count_removed(self, text: str) -> None:
        """Count what was taken out of a message, by the marks that stand in its place."""
        for kind in REMOVED:
            if f"[{kind} removed]" in text:
                self.redacted.labels(kind).inc()

    def knowledge(self, version: str, since: float, faults: int) -> None:
        """Tell which knowledge serves, since when as Unix time, and of faults in newer."""
        self._version.info({"version": version})
        self._loaded.set(since)
        self._faults.set(faults)

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(f"supportbot_{name}", about, labels, registry=self.registry)


def metric_routes(metrics: Metrics, refresh: Callable[[], None]) -> APIRouter:
    """Return the route /metrics; ``refresh`` sets what is only known when it is asked."""
    router = APIRouter(tags=["operations"])

    @router.get("/metrics", response_class=Response)
    def get_metrics() -> Response:
        """Return the metrics in Prometheus's text format."""
        refresh()
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router


def open_log(form: str) -> Log:
    """Return a log that writes lines to the error stream: JSON, or text for people."""
    last: Any = structlog.processors.JSONRenderer()
    if form == "text":
        last = structlog.dev.ConsoleRenderer(colors=False)
    logger: Log = structlog.wrap_logger(
        structlog.PrintLogger(_standard_error()),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    return logger


def _standard_error() -> Any:  # noqa: ANN401 -- a stream
    import sys

    return sys.stderr


class Observe:
    """Gives each request an id, and writes down what became of it."""

    def __init__(self, app: ASGIApp, metrics: Metrics, log: Log) -> None:
        self._app = app
        self._metrics = metrics
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        scope["supportbot.request_id"] = request_id
        began, status = time.monotonic(), 0

        async def sending(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
                self._count(status, message)
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            self._note(scope, status, time.monotonic() - began)

    def _count(self, status: int, message: MutableMapping[str, Any]) -> None:
        if status == 401:
            self._metrics.refused.inc()
        if status == 429:
            self._metrics.shed.labels("limit").inc()
        if "idempotent-replayed" in MutableHeaders(scope=message):
            self._metrics.replays.inc()

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", None) or ELSEWHERE
        self._metrics.requests.labels(route, status).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        self._log.info(
            "request",
            request=scope["supportbot.request_id"],
            method=scope["method"],
            route=route,
            status=status,
            milliseconds=round(seconds * 1000, 1),
            conversation=scope.get(CONVERSATION),
        )


def note_conversation(request: Request, conversation: str) -> None:
    """Name the conversation in the log by a hash: its id is an anonymous visitor's only key."""
    request.scope[CONVERSATION] = hashlib.sha256(conversation.encode()).hexdigest()[:12]


def report_to(log: Log) -> Callable[[Exception], None]:
    """Return what writes down an exception: its kind and place; its text may hold anything."""

    def report(error: Exception) -> None:
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else ""
        log.error("failure", kind=type(error).__name__, where=where)

    return report


class LibraryLog(logging.Handler):
    """
    Writes down that a library warns: which one, and where.

    What it says is left out, as it may hold what people wrote.
    """

    def __init__(self, log: Log) -> None:
        """Take warnings and worse."""
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        kind = record.exc_info[0] if record.exc_info else None
        self._log.warning(
            "library",
            logger=record.name,
            where=f"{record.pathname}:{record.lineno}",
            kind=kind.__name__ if kind else None,
        )
