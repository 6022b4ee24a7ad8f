"""The tickets that wait, and the line that says what is new."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from supportbot.channels.console.desk import Desk, Pages
from supportbot.channels.console.sessions import Session, Sessions, required
from supportbot.channels.console.tickets import asked_last
from supportbot.conversation import Turn
from supportbot.store.handoffs import Handoff

LONGEST_LAST = 140
MOST_TURNS = 3
"""So far back is looked for what was asked before a person was asked for."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line of the queue."""

    handoff: Handoff
    last: str
    current: bool


def queue_of(desk: Desk, current: str = "") -> tuple[Waiting, ...]:
    """Return what waits, the longest first; ``current`` is the reference that is open."""
    turns = desk.site.turns.waiting(MOST_TURNS)
    return tuple(
        Waiting(each, _last(turns.get(each.conversation, ())), each.reference == current)
        for each in desk.site.handoffs.open_ones()
    )


def add_queue(router: APIRouter, desk: Desk, pages: Pages, sessions: Sessions) -> None:
    """Add the first page, and what it asks for now and then."""
    SignedIn = Annotated[Session, Depends(required(sessions))]

    @router.get("/console")
    def get_queue(session: SignedIn, done: Annotated[str, Query(max_length=16)] = "") -> Response:
        return pages.show("queue", session=session, queue=queue_of(desk), done=done)

    @router.get("/console/news")
    def get_news(
        session: SignedIn,
        waiting: Annotated[int, Query()],
        reference: Annotated[str, Query(max_length=32)] = "",
        version: Annotated[str, Query(max_length=64)] = "",
    ) -> Response:
        """Say whether more tickets wait than a page shows, and whether its ticket has changed."""
        handoff = desk.site.handoffs.by_reference(reference) if reference else None
        changed = handoff and str(desk.sending.version(handoff.conversation)) != version
        more = len(desk.site.handoffs.open_ones()) - waiting
        return pages.show(
            "news", session=session, handoff=handoff if changed else None, more=max(more, 0)
        )


def _last(turns: tuple[Turn, ...]) -> str:
    said = " ".join(asked_last(turns).text.split()) if turns else ""
    return said if len(said) <= LONGEST_LAST else f"{said[:LONGEST_LAST].rstrip()}…"
