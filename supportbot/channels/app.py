"""The HTTP API put together: routes, and around them what every request goes through."""

from collections.abc import MutableMapping
from importlib.metadata import version
from typing import Any, Final

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware

from supportbot.channels.answers import answer_routes
from supportbot.channels.console.routes import console_routes
from supportbot.channels.conversations import conversation_routes
from supportbot.channels.helpdesks import helpdesk_routes
from supportbot.channels.limiting import BoundedBody, Shed
from supportbot.channels.observing import Observe, metric_routes, report_to
from supportbot.channels.problems import (
    ASGIApp,
    PlainFailures,
    Receive,
    Scope,
    Send,
    install_problems,
    responses,
)
from supportbot.channels.readiness import health_routes, resting
from supportbot.channels.site import Site
from supportbot.channels.slack.routes import link_routes, slack_routes
from supportbot.channels.suggestions import suggestion_routes
from supportbot.channels.widget.routes import widget_routes

ABOUT: Final = (
    "Answers billing questions. Without an identity token only public facts are told; with one, "
    "those of its account. Errors are problem documents (RFC 9457)."
)
SENT: Final = ("Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "X-Request-Id")
SHOWN: Final = ("ETag", "Idempotent-Replayed", "Retry-After", "X-Request-Id")
PREFLIGHT_SECONDS: Final = 7200
SAFE_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def create_app(site: Site) -> FastAPI:
    """Return the API of ``site``."""
    app = FastAPI(
        title="supportbot",
        version=version("supportbot"),
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        responses=responses(422),
    )
    install_problems(app)
    for routes in (answer_routes, conversation_routes, suggestion_routes, widget_routes):
        app.include_router(routes(site))
    app.include_router(console_routes(site))
    app.include_router(link_routes(site.slack_links, site.keys))
    if site.notes is not None:
        app.include_router(helpdesk_routes(site.notes))
    if site.slack is not None:
        app.include_router(slack_routes(site.slack))
    app.include_router(health_routes(site.turns.engine, site.serving, site.leaving))
    app.include_router(metric_routes(site.metrics, lambda: _refresh(site)))
    _say_that_tokens_are_optional(app)
    app.add_middleware(PlainFailures, report=report_to(site.log))  # the innermost
    app.add_middleware(Shed, metrics=site.metrics)
    app.add_middleware(BoundedBody)  # around it: who sends slowly takes nobody's place
    app.add_middleware(
        CORSMiddleware,
        allow_origins=site.settings.web.allowed_origins,
        allow_methods=("GET", "POST"),
        allow_headers=SENT,
        expose_headers=SHOWN,
        max_age=PREFLIGHT_SECONDS,
    )
    app.add_middleware(SafeHeaders)
    app.add_middleware(Observe, metrics=site.metrics, log=site.log)
    return app


def _say_that_tokens_are_optional(app: FastAPI) -> None:
    """Mend the description: FastAPI knows only that a scheme is used, not that none may be."""
    described = app.openapi()
    for operations in described["paths"].values():
        for operation in operations.values():
            if "security" in operation:
                operation["security"].append({})


def _refresh(site: Site) -> None:
    """Set what is only known when it is asked: which endpoints of sources are left alone."""
    site.metrics.resting.clear()
    for source, endpoint in resting(site.serving().bot.accounts):
        site.metrics.resting.labels(source, endpoint).set(1)


class SafeHeaders:
    """Adds what a browser must know: sniff nothing, tell nobody, keep no facts."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def sending(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SAFE_HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith(("/v1/", "/console")):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self._app(scope, receive, sending)
