"""Who works in the console: the session's cookie, and what a form must carry."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from starlette.exceptions import HTTPException

from supportbot.channels.once import address_of
from supportbot.channels.site import Site
from supportbot.store.agents import SESSION_LIFE, Agent, AgentStore, csrf_of

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
        """Return the session of a request; None: nobody is signed in."""
        key = request.cookies.get(self.cookie)
        agent = self._agents.holder(key, "session") if key else None
        return Session(agent, key) if agent and key else None

    def cookie_options(self) -> dict[str, object]:
        """Return how the cookie is set."""
        return {
            "key": self.cookie,
            "max_age": int(SESSION_LIFE.total_seconds()),
            "httponly": True,
            "secure": self.secure,
            "samesite": "lax",
            "path": "/",
        }


def required(sessions: Sessions) -> Callable[[Request], Session]:
    """Return the dependency of pages: the session, or the way to the sign-in."""

    def session(request: Request) -> Session:
        found = sessions.find(request)
        if found is None:
            raise HTTPException(303, headers={"Location": SIGN_IN})
        return found

    return session


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
