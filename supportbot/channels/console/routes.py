"""The pages of the console.  Every one needs an agent who is signed in, but for the way in."""

from datetime import UTC, datetime
from importlib.resources import files
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from pydantic import BaseModel, ConfigDict, Field

from supportbot.channels.console.sessions import (
    SIGN_IN,
    Session,
    Sessions,
    check_form,
    required,
    visitor_bucket,
)
from supportbot.channels.console.tickets import ticket_of
from supportbot.channels.problems import problem, responses
from supportbot.channels.proving import not_here
from supportbot.channels.site import Site
from supportbot.conversation import Utterance, well_formed
from supportbot.drafting import as_json, draft
from supportbot.render import instant
from supportbot.store.agents import AgentStore
from supportbot.store.handoffs import Handoff, PersonsReply

POLICY: Final = (
    "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
    "object-src 'none'"
)
SHORTEST_PASSWORD: Final = 12
LONGEST_REPLY: Final = 20_000
ATTEMPTS: Final = RateLimitItemPerMinute(5)
WRONG: Final = "That is no e-mail address and password of an agent."
TOO_OFTEN: Final = "Too many attempts. Wait a minute."
SHORT: Final = f"Choose a password of at least {SHORTEST_PASSWORD} characters."
STALE: Final = "The conversation has changed since you opened it. Read it again before you send."
Text = Annotated[str, Form(max_length=LONGEST_REPLY)]


class DraftRequest(BaseModel):
    """What a draft is asked for."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"text": "do my credits expire?", "account": "northwind"}}
    )

    text: Annotated[str, Field(max_length=100_000)]
    account: Annotated[str | None, Field(max_length=64)] = None
    ticket: Annotated[str | None, Field(max_length=200)] = None


class Pages:
    """Fills the templates; nothing that is put into one can be markup."""

    def __init__(self) -> None:
        loader = PackageLoader("supportbot.channels.console")
        self._made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
        self._made.filters["when"] = lambda at: at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
        self._made.filters["instant"] = instant

    def show(self, name: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401
        """Return a page."""
        text = self._made.get_template(f"{name}.html").render(**values)
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
        return Response(text, status, headers, "text/html; charset=utf-8")


def console_routes(site: Site, agents: AgentStore) -> APIRouter:
    """Return the routes of the console, and that of drafts."""
    sessions, pages = Sessions(site, agents), Pages()
    router = APIRouter(include_in_schema=False)
    _add_way_in(router, sessions, pages, agents)
    _add_set_up(router, pages, agents)
    _add_pages(router, site, sessions, pages, agents)
    _add_sending(router, site, sessions)
    _add_drafts(router, site, sessions, agents)
    return router


def _add_way_in(router: APIRouter, sessions: Sessions, pages: Pages, agents: AgentStore) -> None:
    limiter = MovingWindowRateLimiter(MemoryStorage())

    @router.get(SIGN_IN)
    def get_sign_in() -> Response:
        return pages.show("sign_in", problem="")

    @router.post(SIGN_IN)
    def post_sign_in(request: Request, email: Text, password: Text) -> Response:
        address = email.strip().lower()
        if not limiter.hit(ATTEMPTS, visitor_bucket(request, address)):
            return pages.show("sign_in", 429, problem=TOO_OFTEN)
        key = agents.sign_in(address, password)
        if key is None:
            return pages.show("sign_in", 401, problem=WRONG)
        went = RedirectResponse("/console", 303)
        went.set_cookie(value=key, **sessions.cookie_options())  # type: ignore[arg-type]
        return went


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

    @router.get("/console/console.css")
    def get_style() -> Response:
        style = files("supportbot.channels.console").joinpath("static", "console.css")
        return Response(style.read_bytes(), media_type="text/css")


def _add_pages(
    router: APIRouter, site: Site, sessions: Sessions, pages: Pages, agents: AgentStore
) -> None:
    SignedIn = Annotated[Session, Depends(required(sessions))]

    @router.get("/console")
    def get_queue(session: SignedIn) -> Response:
        waiting = [(each, _last(site, each)) for each in site.handoffs.open_ones()]
        return pages.show("queue", session=session, waiting=waiting)

    @router.get("/console/tickets/{reference}")
    def get_ticket(
        reference: str, session: SignedIn, problem: Annotated[str, Query()] = ""
    ) -> Response:
        handoff = site.handoffs.by_reference(reference)
        if handoff is None:
            return not_here()
        if handoff.account:
            agents.note(session.agent, "look", f"account {handoff.account} in {reference}")
        said = STALE if problem == "stale" else ""
        ticket = ticket_of(site, handoff)
        return pages.show("ticket", session=session, ticket=ticket, problem=said)

    @router.post("/console/sign-out")
    def post_sign_out(request: Request, session: SignedIn, csrf: Text) -> Response:
        check_form(request, session, csrf, site)
        agents.sign_out(session.key)
        gone = RedirectResponse(SIGN_IN, 303)
        gone.delete_cookie(sessions.cookie, path="/", secure=sessions.secure, httponly=True)
        return gone


def _last(site: Site, handoff: Handoff) -> str:
    turns = site.turns.turns(handoff.conversation)
    return turns[-1].text if turns else ""


def _add_sending(router: APIRouter, site: Site, sessions: Sessions) -> None:
    SignedIn = Annotated[Session, Depends(required(sessions))]

    @router.post("/console/tickets/{reference}/reply")
    def post_reply(
        request: Request, reference: str, session: SignedIn, csrf: Text, text: Text, version: Text
    ) -> Response:
        """Send what an agent wrote; the only way in which anything is sent to a customer."""
        check_form(request, session, csrf, site)
        handoff = site.handoffs.by_reference(reference)
        if handoff is None:
            return not_here()
        if ticket_of(site, handoff).version != version:
            return RedirectResponse(f"/console/tickets/{reference}?problem=stale", 303)
        said = well_formed(text).strip()
        if said:
            now = datetime.now(UTC)
            site.handoffs.reply(PersonsReply(handoff.conversation, session.agent.email, said, now))
        return RedirectResponse(f"/console/tickets/{reference}", 303)

    @router.post("/console/tickets/{reference}/close")
    def post_close(request: Request, reference: str, session: SignedIn, csrf: Text) -> Response:
        """Give the conversation back to the bot."""
        check_form(request, session, csrf, site)
        handoff = site.handoffs.by_reference(reference)
        if handoff is None:
            return not_here()
        site.handoffs.close(handoff.conversation, session.agent.email)
        return RedirectResponse("/console", 303)


def _add_drafts(router: APIRouter, site: Site, sessions: Sessions, agents: AgentStore) -> None:
    @router.post("/v1/drafts", include_in_schema=True, tags=["drafts"], responses=responses(401))
    def post_draft(request: Request, wanted: DraftRequest) -> Response:
        """Draft a reply to a ticket, for an agent who is signed in; nothing is sent."""
        session = sessions.find(request)
        if session is None:
            return problem(401, "Sign in at /console first.")
        if wanted.account:
            agents.note(session.agent, "draft", f"account {wanted.account}")
        named = f"draft {session.agent.email} {wanted.ticket}" if wanted.ticket else None
        asked = Utterance(
            well_formed(wanted.text), datetime.now(UTC), wanted.account, conversation=named
        )
        return JSONResponse(as_json(draft(site.serving().bot, asked)))
