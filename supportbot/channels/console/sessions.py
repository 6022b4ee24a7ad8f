"""Who works in the console: the session's cookie, and what a form must carry."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from supportbot.channels.once import address_of
from supportbot.channels.site import Site
from supportbot.store.agents import SESSION_LIFE, Agent, AgentStore, csrf_of
from supportbot.store.handoffs import Handoff

SIGN_IN: Final = "/console/sign-in"
COOKIE: Final = "supportbot-session"
SECURE_COOKIE: Final = "__Host-supportbot-session"
"""Over https; browsers take a cookie of this name only with Secure, for this host and all paths."""


@dataclass(frozen=True, slots=True)
class Session:
    """An agent who is signed in, and the session's key."""

    agent: Agent
    key: str

    @property
    def csrf(self) -> str:
        """What forms of this session carry."""
        return csrf_of(self.key)


class Sessions:
    """Reads sessions, and makes the cookie."""

    def __init__(self, site: Site, agents: AgentStore) -> None:
        self._site = site
        self._agents = agents
        self.secure = (site.settings.public_url or "").startswith("https://")
        self.cookie = SECURE_COOKIE if self.secure else COOKIE

    def find(self, request: Request) -> Session | None:
        """Return the session of a request, looked up once; None: nobody is signed in."""
        if not hasattr(request.state, "session"):
            key = request.cookies.get(self.cookie)
            agent = self._agents.holder(key, "session") if key else None
            request.state.session = Session(agent, key) if agent and key else None
        found: Session | None = request.state.session
        return found

    def let_in(self, key: str) -> Response:
        """Lead to the queue with the cookie of a session."""
        went = RedirectResponse("/console", 303)
        went.set_cookie(
            self.cookie,
            key,
            max_age=int(SESSION_LIFE.total_seconds()),
            httponly=True,
            secure=self.secure,
            samesite="lax",
            path="/",
        )
        return went


def required(sessions: Sessions) -> Callable[[Request], Session]:
    """Return the dependency of pages: the session, or the way to the sign-in."""

    def session(request: Request) -> Session:
        found = sessions.find(request)
        if found is None:
            raise HTTPException(303, headers={"Location": SIGN_IN})
        return found

    return session


def admins(sessions: Sessions) -> Callable[[Request], Session]:
    """Return the dependency of pages for admins alone; for other agents they are not there."""

    def session(request: Request) -> Session:
        found = required(sessions)(request)
        if not found.agent.admin:
            raise HTTPException(404)
        return found

    return session


def posted(sessions: Sessions, site: Site) -> Callable[[Request, str], Session]:
    """Return the dependency of forms: the session, if the form is of one of its pages."""

    def session(request: Request, csrf: Annotated[str, Form(max_length=128)]) -> Session:
        found = required(sessions)(request)
        check_form(request, found, csrf, site)
        return found

    return session


def opened(sessions: Sessions, site: Site) -> Callable[[Request, str], Handoff]:
    """Return the dependency of tickets: the hand-off with a reference, or 404."""

    def handoff(request: Request, reference: str) -> Handoff:
        required(sessions)(request)
        found = site.handoffs.by_reference(reference)
        if found is None:
            raise HTTPException(404)
        return found

    return handoff


def check_form(request: Request, session: Session, csrf: str, site: Site) -> None:
    """
    Refuse a form that another site made.

    Raises:
        HTTPException: 403, when the token or the origin is another's.
    """
    origin = request.headers.get("origin")
    own = {str(request.base_url).rstrip("/"), site.settings.public_url}
    if not hmac.compare_digest(csrf, session.csrf) or (origin and origin not in own):
        raise HTTPException(403, "This form is of another page; load the page anew.")


def visitor_bucket(request: Request, email: str) -> str:
    """Name whose attempts to sign in are counted together."""
    return f"{address_of(request)} {email}"
