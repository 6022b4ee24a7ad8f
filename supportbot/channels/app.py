"""The HTTP API put together: routes, and around them what every request goes through."""

from collections.abc import MutableMapping
from importlib.metadata import version
from typing import Any, Final

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware

from supportbot.channels.answers import answer_routes
from supportbot.channels.conversations import conversation_routes
from supportbot.channels.problems import (
    ASGIApp,
    PlainFailures,
    Receive,
    Scope,
    Send,
    install_problems,
)
from supportbot.channels.site import Site
from supportbot.channels.suggestions import suggestion_routes

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
    )
    install_problems(app)
    for routes in (answer_routes, conversation_routes, suggestion_routes):
        app.include_router(routes(site))
    app.add_middleware(PlainFailures, report=_report)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=site.settings.web.allowed_origins,
        allow_methods=("GET", "POST"),
        allow_headers=SENT,
        expose_headers=SHOWN,
        max_age=PREFLIGHT_SECONDS,
    )
    app.add_middleware(SafeHeaders)
    return app


def _report(error: Exception) -> None:
    """Leave it to the log of requests, which knows which one it was."""
    raise error


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
                if scope["path"].startswith("/v1/"):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self._app(scope, receive, sending)
