"""Signing in by a provider, which takes the place of passwords."""

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from supportbot.channels.console.desk import Desk, Pages
from supportbot.channels.console.oidc import (
    PENDING_SECONDS,
    Oidc,
    OidcRefused,
    OidcUnavailable,
    read_pending,
)
from supportbot.channels.console.sessions import SIGN_IN, Sessions

NO_AGENT: Final = "You are known, but no agent here; ask an admin to add your address."
BEGIN: Final = "/console/oidc/begin"
BACK: Final = "/console/oidc/back"
COOKIE: Final = "supportbot-oidc"


def add_oidc(router: APIRouter, desk: Desk, pages: Pages, sessions: Sessions, oidc: Oidc) -> None:
    """Add the page that offers it, the way to the provider and the way back."""

    def refused(problem: str, status: int) -> Response:
        return pages.show("sign_in", status, problem=problem, oidc=True)

    @router.get(SIGN_IN)
    def get_sign_in() -> Response:
        return pages.show("sign_in", problem="", oidc=True)

    @router.get(BEGIN)
    def get_begin(request: Request) -> Response:
        try:
            url, pending = oidc.begin(_back(desk, request))
        except OidcUnavailable as error:
            return refused(str(error), 502)
        went = RedirectResponse(url, 303)
        went.set_cookie(
            COOKIE,
            str(pending),
            max_age=PENDING_SECONDS,
            httponly=True,
            secure=sessions.secure,
            samesite="lax",
            path=BACK,
        )
        return went

    _add_way_back(router, desk, sessions, oidc, refused)


def _add_way_back(
    router: APIRouter,
    desk: Desk,
    sessions: Sessions,
    oidc: Oidc,
    refused: Callable[[str, int], Response],
) -> None:
    @router.get(BACK)
    def get_back(
        request: Request,
        state: Annotated[str, Query(max_length=512)] = "",
        code: Annotated[str, Query(max_length=4096)] = "",
    ) -> Response:
        pending = read_pending(request.cookies.get(COOKIE))
        try:
            email = oidc.finish(pending, state, code, _back(desk, request))
        except OidcRefused as error:
            return refused(str(error), 401)
        except OidcUnavailable as error:
            return refused(str(error), 502)
        key = desk.agents.sign_in_by_oidc(email)
        went = refused(NO_AGENT, 403) if key is None else sessions.let_in(key)
        went.delete_cookie(COOKIE, path=BACK, secure=sessions.secure, httponly=True)
        return went


def _back(desk: Desk, request: Request) -> str:
    base = desk.site.settings.public_url or str(request.base_url).rstrip("/")
    return f"{base}{BACK}"
