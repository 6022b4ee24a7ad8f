"""Errors as problem documents (RFC 9457).  None holds what went wrong inside, or what was sent."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from supportbot.channels.identity import NotProven
from supportbot.errors import StoreUnavailable, SupportbotError

MEDIA_TYPE: Final = "application/problem+json"
STORE_WAIT_SECONDS: Final = 5
PROBLEM_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "problem"],
                "properties": {"field": {"type": "string"}, "problem": {"type": "string"}},
            },
        },
    },
}
DETAILS: Final[Mapping[int, str]] = {
    401: "The identity token is not good. Ask your host for a new one.",
    404: "There is nothing here that you may see.",
    405: "This address does not take that method; /openapi.json lists those it takes.",
    408: "The message did not come in time. Send it again.",
    413: "The message is too large.",
    429: "Too many messages at once. Wait, and send it again.",
    500: SupportbotError.customer_message,
    503: "This cannot be done just now. Wait, and send it again.",
}

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]


class TooMany(SupportbotError):
    """A limit is reached; ``seconds`` until a message may be sent again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"A limit is reached for another {seconds} s.")
        self.seconds = seconds


def problem(
    status: int,
    detail: str | None = None,
    headers: Mapping[str, str] | None = None,
    **more: object,
) -> JSONResponse:
    """Return a problem document; ``detail`` None: what is always said of this status."""
    title = HTTPStatus(status).phrase
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail or DETAILS.get(status, f"{title}."),
        **more,
    }
    return JSONResponse(body, status, dict(headers or {}), media_type=MEDIA_TYPE)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe, for the OpenAPI document, the problems that a route may answer with."""
    content = {MEDIA_TYPE: {"schema": PROBLEM_SCHEMA}}
    return {
        status: {"description": DETAILS.get(status, HTTPStatus(status).phrase), "content": content}
        for status in statuses
    }


def install_problems(app: FastAPI) -> None:
    """Make every error of ``app`` a problem document."""

    @app.exception_handler(HTTPException)
    def http(_: Request, error: HTTPException) -> JSONResponse:
        detail = error.detail if error.detail != HTTPStatus(error.status_code).phrase else None
        return problem(error.status_code, detail, error.headers)

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        faults = [
            {"field": ".".join(map(str, each["loc"])), "problem": str(each["msg"])}
            for each in error.errors()
        ]
        return problem(422, "What was sent breaks the rules of /openapi.json.", errors=faults)

    @app.exception_handler(NotProven)
    def not_proven(_: Request, error: NotProven) -> JSONResponse:
        challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        return problem(401, f"{DETAILS[401]} {error}", challenge)

    @app.exception_handler(TooMany)
    def too_many(_: Request, error: TooMany) -> JSONResponse:
        return problem(429, headers={"Retry-After": str(error.seconds)})

    @app.exception_handler(StoreUnavailable)
    def not_stored(_: Request, error: StoreUnavailable) -> JSONResponse:
        return problem(503, headers={"Retry-After": str(STORE_WAIT_SECONDS)})


class PlainFailures:
    """Turns what nobody foresaw into a problem document; within CORS, so that a widget sees it."""

    def __init__(self, app: ASGIApp, report: Callable[[Exception], None]) -> None:
        """``report`` is told the exception."""
        self._app = app
        self._report = report

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        begun = False

        async def sending(message: MutableMapping[str, Any]) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            self._report(error)
            if begun or scope["type"] != "http":
                raise
            await problem(500)(scope, receive, send)
