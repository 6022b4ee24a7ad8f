"""The page of a ticket, and the only way in which anything is sent to a customer."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from supportbot.channels.console.desk import Desk, Pages, Text
from supportbot.channels.console.fuse import Change, changes, digest
from supportbot.channels.console.queue import queue_of
from supportbot.channels.console.sessions import Session, Sessions, opened, posted, required
from supportbot.channels.console.tickets import CONSOLE, make_draft, shown_of, ticket_of
from supportbot.conversation import well_formed
from supportbot.learning import own_sentences, settlement
from supportbot.redaction import redact
from supportbot.store.drafts import REASONS, SNIPPET
from supportbot.store.handoffs import Handoff, PersonsReply
from supportbot.store.sending import Conflict

NOTHING: Final = "There is nothing to send: the reply is empty."
CHANGED: Final = "What you are about to tell has changed since it was drafted. Look at it first."
LONGEST_LOOK_UP: Final = 2000


@dataclass(frozen=True, slots=True)
class Written:
    """
    What a page of a ticket shows besides the ticket.

    ``text`` stands in the reply, None: the draft; ``before`` stood there and is kept beside it.
    """

    problem: str = ""
    text: str | None = None
    before: str = ""
    changed: tuple[Change, ...] = ()
    done: str = ""


def add_tickets(router: APIRouter, desk: Desk, pages: Pages, sessions: Sessions) -> None:
    """Add the pages of tickets, and sending."""
    SignedIn = Annotated[Session, Depends(required(sessions))]
    Posted = Annotated[Session, Depends(posted(sessions, desk.site))]
    Opened = Annotated[Handoff, Depends(opened(sessions, desk.site))]

    @router.get("/console/tickets/{reference}")
    def get_ticket(
        handoff: Opened, session: SignedIn, done: Annotated[str, Query(max_length=16)] = ""
    ) -> Response:
        note_look(desk, session, handoff)
        return ticket_page(desk, pages, session, handoff, Written(done=done))

    @router.post("/console/tickets/{reference}/reply")
    def post_reply(
        handoff: Opened,
        session: Posted,
        text: Text,
        version: Text,
        draft: Annotated[str, Form(max_length=64)] = "",
        accepted: Annotated[str, Form(max_length=64)] = "",
    ) -> Response:
        said = well_formed(text).strip()
        refused = _refusal(desk, handoff, said, draft, accepted) or _sent(
            desk, handoff, session, said, version, draft
        )
        if refused:
            return ticket_page(desk, pages, session, handoff, refused, 409 if said else 422)
        return RedirectResponse(f"/console/tickets/{handoff.reference}?done=sent", 303)

    @router.get("/console/tickets/{reference}/snippets")
    def get_snippets(
        request: Request, handoff: Opened, session: SignedIn, q: Annotated[str, Query()] = ""
    ) -> Response:
        """Answer what an agent looks up, with the facts of the ticket's account, to insert."""
        wanted = redact(well_formed(q).strip()[:LONGEST_LOOK_UP]).text
        found = None
        if wanted:
            note_look(desk, session, handoff)
            version = str(desk.sending.version(handoff.conversation))
            kept = make_draft(desk, handoff, wanted, version, session.agent.email, SNIPPET)
            found = shown_of(kept)
        name = "snippet" if request.headers.get("hx-request") else "snippet_page"
        return pages.show(name, session=session, handoff=handoff, found=found, q=wanted)


def note_look(desk: Desk, session: Session, handoff: Handoff) -> None:
    """Audit that an agent sees facts of an account."""
    if handoff.account:
        subject = f"account {handoff.account} in {handoff.reference}"
        desk.agents.note(session.agent, "look", subject)


def ticket_page(
    desk: Desk,
    pages: Pages,
    session: Session,
    handoff: Handoff,
    written: Written,
    status: int = 200,
) -> Response:
    """Show a ticket as it is now."""
    ticket = ticket_of(desk, handoff, session.agent.email)
    drafted = ticket.draft.reply if ticket.draft and ticket.draft.outcome is None else ""
    reply = drafted if written.text is None else written.text
    known = ("", reply.strip(), drafted.strip())
    return pages.show(
        "ticket",
        status,
        session=session,
        queue=queue_of(desk, handoff.reference),
        ticket=ticket,
        problem=written.problem,
        done=written.done,
        text=reply,
        own=own_sentences(ticket.draft.text, reply) if ticket.draft else (),
        before=written.before if written.before.strip() not in known else "",
        changed=written.changed,
        accepted=digest(written.changed) if written.changed else "",
        reasons=REASONS,
    )


def _refusal(desk: Desk, handoff: Handoff, said: str, draft: str, accepted: str) -> Written | None:
    """Return what keeps a reply from being sent before anybody else is asked; None: nothing."""
    if not said:
        return Written(NOTHING, "")
    changed = changes(desk, handoff, draft, said)
    if changed and accepted != digest(changed):
        return Written(CHANGED, said, changed=changed)
    return None


def _sent(
    desk: Desk, handoff: Handoff, session: Session, said: str, version: str, draft: str
) -> Written | None:
    """Send; return what kept it from being sent."""
    reply = PersonsReply(handoff.conversation, session.agent.email, said, datetime.now(UTC))
    kept = desk.drafts.on(draft, CONSOLE, handoff.conversation)
    settled = settlement(kept, said, reply.at, reply.author) if kept else None
    try:
        desk.sending.send(reply, version, settled)
    except Conflict as conflict:
        return Written(f"{conflict} Nothing was sent.", before=said)
    return None
