"""Pages that look over many conversations: found again, rated, counted; and asking at will."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from supportbot.channels.console.charts import CLASSES, chart
from supportbot.channels.console.desk import Desk, Pages, Text
from supportbot.channels.console.figures import (
    KINDS,
    SERIES,
    days,
    intents,
    totals,
    unanswered,
    uses,
    wait_in_words,
)
from supportbot.channels.console.sessions import Session, Sessions, posted, required
from supportbot.channels.console.tickets import (
    ASKED,
    conversation_entries,
    shown_of,
)
from supportbot.channels.proving import not_here
from supportbot.conversation import Utterance, well_formed
from supportbot.drafting import draft
from supportbot.learning import kept_of
from supportbot.store.drafts import Drafted
from supportbot.store.memory import MemoryConversations
from supportbot.store.reports import MOST_READ, Reports, Wanted

OUTCOMES: Final = tuple(KINDS)
LONGEST_RANGE: Final = 366
USUAL_RANGE: Final = 28
MOST_LISTED: Final = 20
Words = Annotated[str, Query(max_length=200)]


def add_office(router: APIRouter, desk: Desk, pages: Pages, sessions: Sessions) -> None:
    """Add the pages of conversations and feedback."""
    SignedIn = Annotated[Session, Depends(required(sessions))]
    reports = Reports(desk.site.turns.engine)

    @router.get("/console/conversations")
    def get_conversations(
        session: SignedIn, q: Words = "", account: Words = "", outcome: Words = ""
    ) -> Response:
        wanted = Wanted(q.strip(), account.strip(), outcome if outcome in OUTCOMES else "")
        if wanted.account:
            desk.agents.note(session.agent, "look", f"conversations of account {wanted.account}")
        found = reports.turns(wanted)
        return pages.show(
            "conversations", session=session, found=found, wanted=wanted, outcomes=OUTCOMES
        )

    @router.get("/console/conversations/{conversation}")
    def get_conversation(conversation: str, session: SignedIn) -> Response:
        turns = desk.site.turns.turns(conversation)
        if not turns:
            return not_here()
        if turns[0].account:
            subject = f"account {turns[0].account} in {conversation}"
            desk.agents.note(session.agent, "look", subject)
        persons = desk.site.handoffs.replies_in(conversation)
        return pages.show(
            "conversation",
            session=session,
            conversation=conversation,
            account=turns[0].account,
            entries=conversation_entries(turns, persons),
            handoff=desk.site.handoffs.handoff_of(conversation),
        )

    @router.get("/console/feedback")
    def get_feedback(session: SignedIn, q: Words = "") -> Response:
        return pages.show(
            "feedback", session=session, found=reports.rated(Wanted(q.strip())), q=q.strip()
        )


def add_figures(router: APIRouter, desk: Desk, pages: Pages, sessions: Sessions) -> None:
    """Add the dashboard, and the page of the knowledge base."""
    SignedIn = Annotated[Session, Depends(required(sessions))]
    reports = Reports(desk.site.turns.engine)

    @router.get("/console/dashboard")
    def get_dashboard(
        session: SignedIn, start: date | None = None, end: date | None = None
    ) -> Response:
        first, last = _range(start, end)
        begin, until = _instants(first, last)
        found = reports.turns(Wanted(start=begin, end=until), MOST_READ)
        shown = days(reports.by_day(begin, until), first, last)
        return pages.show(
            "dashboard",
            session=session,
            first=first,
            last=last,
            days=shown,
            chart=chart(shown),
            series=tuple(zip(SERIES, CLASSES, strict=True)),
            totals=totals(shown),
            helpful=reports.ratings(begin, until),
            wait=wait_in_words(reports.waits(begin, until)),
            reasons=reports.reasons(begin, until),
            intents=intents(found)[:MOST_LISTED],
            groups=unanswered(found)[:MOST_LISTED],
            most_read=MOST_READ if len(found) == MOST_READ else None,
        )

    @router.get("/console/knowledge")
    def get_knowledge(session: SignedIn, q: Words = "") -> Response:
        library = desk.site.serving().bot.library
        wanted = q.strip().casefold()
        used = uses(reports.turns(Wanted(), MOST_READ))
        articles = [
            (each, used.get(each.intent))
            for each in library.articles.values()
            if wanted in " ".join((each.title, each.intent, *each.asked_as)).casefold()
        ]
        passages = [
            (name, each)
            for name, each in library.passages.items()
            if wanted in f"{name} {each.title} {each.text}".casefold()
        ]
        return pages.show(
            "knowledge",
            session=session,
            q=q.strip(),
            articles=sorted(articles, key=lambda each: each[0].title),
            passages=passages[:MOST_LISTED] if wanted else [],
            version=library.version[:12],
            most_read=MOST_READ,
        )


def add_asking(router: APIRouter, desk: Desk, pages: Pages, sessions: Sessions) -> None:
    """Add the page on which an agent asks anything, about any account; audited."""
    SignedIn = Annotated[Session, Depends(required(sessions))]
    Posted = Annotated[Session, Depends(posted(sessions, desk.site))]

    @router.get("/console/ask")
    def get_ask(session: SignedIn) -> Response:
        return pages.show("ask", session=session, account="", text="", found=None)

    @router.post("/console/ask")
    def post_ask(session: Posted, text: Text, account: Text = "") -> Response:
        asked, of = well_formed(text).strip(), account.strip()
        if of:
            desk.agents.note(session.agent, "look", f"account {of}, asked at will")
        bot = replace(desk.site.serving().bot, store=MemoryConversations())
        now = datetime.now(UTC)
        made = draft(bot, Utterance(asked, now, of or None))
        about = Drafted(ASKED, "", "", session.agent.email, now, of or None, asked)
        kept = kept_of(made, about)
        return pages.show("ask", session=session, account=of, text=asked, found=shown_of(kept))


def _range(start: date | None, end: date | None) -> tuple[date, date]:
    last = end or datetime.now(UTC).date()
    first = start or last - timedelta(days=USUAL_RANGE - 1)
    if first > last:
        first, last = last, first
    return max(first, last - timedelta(days=LONGEST_RANGE - 1)), last


def _instants(first: date, last: date) -> tuple[datetime, datetime]:
    def midnight(day: date) -> datetime:
        return datetime.combine(day, time(), UTC)

    return midnight(first), midnight(last + timedelta(days=1))
