"""What an agent does with a ticket short of sending: draft anew, dismiss, take, give back."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from supportbot.channels.console.answering import Written, ticket_page
from supportbot.channels.console.desk import Desk, Pages, Text
from supportbot.channels.console.sessions import Session, Sessions, opened, posted
from supportbot.channels.console.tickets import CONSOLE, Ticket, new_draft, ticket_of
from supportbot.channels.proving import not_here
from supportbot.conversation import well_formed
from supportbot.store.drafts import Rating, Reason, Settlement
from supportbot.store.handoffs import Handoff
from supportbot.variants import friendlier, shorter

Variant = Literal["regenerate", "shorter", "friendlier"]


def add_drafting(router: APIRouter, desk: Desk, pages: Pages, sessions: Sessions) -> None:
    """Add what is done with a draft."""
    Posted = Annotated[Session, Depends(posted(sessions, desk.site))]
    Opened = Annotated[Handoff, Depends(opened(sessions, desk.site))]

    @router.post("/console/tickets/{reference}/draft")
    def post_draft(
        handoff: Opened,
        session: Posted,
        make: Annotated[Variant, Form()],
        text: Text = "",
    ) -> Response:
        """Draft anew, or say the same shorter or friendlier; what was written stays beside it."""
        before = well_formed(text)
        if make == "regenerate":
            new_draft(desk, handoff, session.agent.email)
            return ticket_page(desk, pages, session, handoff, Written(before=before))
        varied = _varied(ticket_of(desk, handoff, session.agent.email), make)
        return ticket_page(desk, pages, session, handoff, Written("", varied, before))

    @router.post("/console/tickets/{reference}/dismiss")
    def post_dismiss(
        handoff: Opened,
        session: Posted,
        draft: Text,
        reason: Annotated[Reason, Form()],
    ) -> Response:
        if desk.drafts.on(draft, CONSOLE, handoff.conversation) is None:
            return not_here()
        now = datetime.now(UTC)
        desk.drafts.settle(Settlement(draft, "dismissed", now, session.agent.email, reason=reason))
        return RedirectResponse(f"/console/tickets/{handoff.reference}", 303)

    @router.post("/console/drafts/{draft}/rate")
    def post_rating(
        request: Request,
        draft: str,
        session: Posted,
        helpful: Annotated[Literal["yes", "no"], Form()],
        source: Annotated[int, Form(ge=0, le=200)] = 0,
    ) -> Response:
        """Keep what an agent thinks of a draft, or of one of its sources."""
        kept = desk.drafts.of(draft)
        if kept is None:
            return not_here()
        desk.drafts.rate(Rating(draft, source, session.agent.email, helpful == "yes"))
        if request.headers.get("hx-request"):
            return Response("Noted.", media_type="text/plain")
        handoff = desk.site.handoffs.handoff_of(kept.subject)
        place = f"/console/tickets/{handoff.reference}" if handoff else "/console"
        return RedirectResponse(place, 303)


def add_holding(router: APIRouter, desk: Desk, sessions: Sessions) -> None:
    """Add taking a ticket, letting it be anybody's again, and giving it back to the bot."""
    Posted = Annotated[Session, Depends(posted(sessions, desk.site))]
    Opened = Annotated[Handoff, Depends(opened(sessions, desk.site))]

    @router.post("/console/tickets/{reference}/{what}")
    def post_holding(
        handoff: Opened, session: Posted, what: Literal["take", "release", "close"]
    ) -> Response:
        if what == "close":
            desk.site.handoffs.close(handoff.conversation, session.agent.email)
            return RedirectResponse("/console?done=closed", 303)
        change = desk.sending.take if what == "take" else desk.sending.release
        change(handoff.conversation, session.agent.email)
        return RedirectResponse(f"/console/tickets/{handoff.reference}", 303)


def _varied(ticket: Ticket, make: Variant) -> str:
    if ticket.draft is None:
        return ""
    if make == "friendlier":
        return friendlier(ticket.draft.text)
    of_account = {each.number for each in ticket.draft.evidence if each.kind != "Documentation"}
    return shorter(ticket.draft.text, frozenset(of_account))
