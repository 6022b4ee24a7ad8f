"""Pages for admins alone: who works here, and who did what."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from supportbot.channels.console.desk import Desk, Pages, Text
from supportbot.channels.console.sessions import Session, Sessions, admins, posted
from supportbot.store.agents import Agent, is_address
from supportbot.store.audit import broken_at
from supportbot.store.reports import Reports

NO_ADDRESS: Final = "That is no e-mail address; give one like ann@example.com."
YOURSELF: Final = "You cannot remove yourself; let another admin do it."
Words = Annotated[str, Query(max_length=320)]


def add_agents(router: APIRouter, desk: Desk, pages: Pages, sessions: Sessions) -> None:
    """Add the page of agents."""
    Admin = Annotated[Session, Depends(admins(sessions))]
    Posted = Annotated[Session, Depends(posted(sessions, desk.site))]
    reports = Reports(desk.site.turns.engine)

    def shown(session: Session, status: int = 200, problem: str = "", link: str = "") -> Response:
        return pages.show(
            "agents", status, session=session, agents=reports.agents(), problem=problem, link=link
        )

    @router.get("/console/agents")
    def get_agents(session: Admin) -> Response:
        return shown(session)

    @router.post("/console/agents")
    def post_agent(
        request: Request,
        session: Admin,
        _form: Posted,
        email: Text,
        admin: Annotated[bool, Form()] = False,
    ) -> Response:
        """Add an agent; the one-time link is shown here and nowhere else."""
        address = email.strip().lower()
        if not is_address(address):
            return shown(session, 422, NO_ADDRESS)
        if address == session.agent.email:
            return shown(session, 422, YOURSELF)
        key = desk.agents.add(Agent(address, admin), session.agent.email)
        base = desk.site.settings.public_url or str(request.base_url).rstrip("/")
        way = "sign-in" if desk.site.settings.web.oidc else f"set-up/{key}"
        return shown(session, link=f"{base}/console/{way}")

    @router.post("/console/agents/remove")
    def post_removal(session: Admin, _form: Posted, email: Text) -> Response:
        if email == session.agent.email:
            return shown(session, 422, YOURSELF)
        desk.agents.remove(email, session.agent.email)
        return RedirectResponse("/console/agents", 303)


def add_audit(router: APIRouter, desk: Desk, pages: Pages, sessions: Sessions) -> None:
    """Add the page of the audit."""
    Admin = Annotated[Session, Depends(admins(sessions))]
    engine = desk.site.turns.engine
    reports = Reports(engine)

    @router.get("/console/audit")
    def get_audit(session: Admin, actor: Words = "", action: Words = "") -> Response:
        return pages.show(
            "audit",
            session=session,
            actor=actor.strip(),
            action=action.strip(),
            found=reports.audit(actor.strip(), action.strip()),
            broken=broken_at(engine),
        )
