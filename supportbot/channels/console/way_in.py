"""The way into the console: signing in with a password, setting one up, and signing out."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from supportbot.channels.console.desk import Desk, Pages, Text, static
from supportbot.channels.console.oidc import Oidc
from supportbot.channels.console.oidc_routes import add_oidc
from supportbot.channels.console.sessions import (
    SIGN_IN,
    Session,
    Sessions,
    posted,
    visitor_bucket,
)
from supportbot.channels.proving import not_here
from supportbot.store.agents import AgentStore

SHORTEST_PASSWORD: Final = 12
ATTEMPTS: Final = RateLimitItemPerMinute(5)
WRONG: Final = "That is no e-mail address and password of an agent."
TOO_OFTEN: Final = "Too many attempts. Wait a minute."
SHORT: Final = f"Choose a password of at least {SHORTEST_PASSWORD} characters."
FILES: Final = {
    "console.css": "text/css",
    "console.js": "text/javascript",
    "icon.svg": "image/svg+xml",
    "htmx.min.js": "text/javascript",
}


def add_way_in(router: APIRouter, desk: Desk, pages: Pages, sessions: Sessions) -> None:
    """Add the pages that nobody need be signed in for, and the way out."""
    Posted = Annotated[Session, Depends(posted(sessions, desk.site))]

    @router.post("/console/sign-out")
    def post_sign_out(session: Posted) -> Response:
        desk.agents.sign_out(session.key)
        gone = RedirectResponse(SIGN_IN, 303)
        gone.delete_cookie(sessions.cookie, path="/", secure=sessions.secure, httponly=True)
        return gone

    @router.get("/console/static/{name}")
    def get_file(name: str) -> Response:
        return Response(static(name), media_type=FILES[name]) if name in FILES else not_here()

    oidc = desk.site.settings.web.oidc
    if oidc:
        add_oidc(router, desk, pages, sessions, Oidc(oidc))
    else:
        _add_sign_in(router, desk, pages, sessions)
        _add_set_up(router, pages, desk.agents)


def _add_sign_in(router: APIRouter, desk: Desk, pages: Pages, sessions: Sessions) -> None:
    limiter = MovingWindowRateLimiter(MemoryStorage())

    @router.get(SIGN_IN)
    def get_sign_in() -> Response:
        return pages.show("sign_in", problem="", oidc=False)

    @router.post(SIGN_IN)
    def post_sign_in(request: Request, email: Text, password: Text) -> Response:
        address = email.strip().lower()
        if not limiter.hit(ATTEMPTS, visitor_bucket(request, address)):
            return pages.show("sign_in", 429, problem=TOO_OFTEN, oidc=False)
        key = desk.agents.sign_in(address, password)
        if key is None:
            return pages.show("sign_in", 401, problem=WRONG, oidc=False)
        return sessions.let_in(key)


def _add_set_up(router: APIRouter, pages: Pages, agents: AgentStore) -> None:
    @router.get("/console/set-up/{key}")
    def get_set_up(key: str) -> Response:
        agent = agents.holder(key, "set-up")
        return pages.show("set_up", agent=agent, problem="") if agent else not_here()

    @router.post("/console/set-up/{key}")
    def post_set_up(key: str, password: Text) -> Response:
        agent = agents.holder(key, "set-up")
        if agent is None:
            return not_here()
        if len(password) < SHORTEST_PASSWORD:
            return pages.show("set_up", 422, agent=agent, problem=SHORT)
        return RedirectResponse(SIGN_IN, 303) if agents.set_up(key, password) else not_here()
