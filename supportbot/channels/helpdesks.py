"""Helpdesks at the edge: their signed calls come in, private notes with drafts go out."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from supportbot.bot import Bot
from supportbot.channels.problems import problem
from supportbot.channels.proving import not_here
from supportbot.channels.working import MOST_TRIES, Report, Worker, pause_after
from supportbot.conversation import Utterance, well_formed
from supportbot.drafting import Draft, draft
from supportbot.helpdesk.chatwoot import Chatwoot
from supportbot.helpdesk.desk import (
    BadSignature,
    CustomerWrote,
    DeskUnavailable,
    Helpdesk,
    Superseded,
    Thread,
)
from supportbot.helpdesk.generic import Generic
from supportbot.helpdesk.zendesk import Zendesk
from supportbot.helpdesk_settings import CHATWOOT, GENERIC, ZENDESK, HelpdeskSettings
from supportbot.learning import kept_of, settlement
from supportbot.redaction import redact
from supportbot.render import source_line
from supportbot.store.desk_queue import WATCHING, DeskEvent, DeskQueue
from supportbot.store.drafts import Drafted, DraftStore, KeptDraft
from supportbot.store.memory import MemoryConversations

WATCHED: Final = timedelta(hours=24)
FIRST_LOOK: Final = 300.0  # seconds after the note; then twice as long each time
LONGEST_LOOK: Final = 3600.0

Desks = Mapping[str, Helpdesk]
ODD: Final = (AttributeError, KeyError, TypeError, ValueError)
"""What a reply raises that is not as its maker describes it."""
NOT_SENT: Final = "DRAFT, NOT SENT. Only agents see this note."
UNVERIFIED: Final = (
    "The requester is not verified, so this draft holds no fact of an account. Verify who it is "
    "before you tell any."
)


def open_desks(settings: HelpdeskSettings) -> Desks:
    """
    Open the helpdesks that are configured; nothing is asked of them yet.

    Raises:
        ConfigError: a setting makes no sense.
    """
    desks: dict[str, Helpdesk] = {}
    if zendesk := settings.of(ZENDESK):
        desks[Zendesk.name] = Zendesk(*zendesk)
    if generic := settings.of(GENERIC):
        desks[Generic.name] = Generic(*generic)
    if chatwoot := settings.of(CHATWOOT):
        desks[Chatwoot.name] = Chatwoot(*chatwoot)
    return desks


def helpdesk_routes(notes: "Notes") -> APIRouter:
    """Return the route that helpdesks call."""
    desks, queue = notes.desks, notes.queue
    router = APIRouter(prefix="/webhooks", include_in_schema=False)

    @router.post("/{name}")
    async def post_webhook(name: str, request: Request) -> Response:
        """Store what is signed, thank for it, and work later."""
        desk = desks.get(name)
        if desk is None:
            return not_here()
        body = await request.body()
        headers = {key.lower(): value for key, value in request.headers.items()}
        try:
            desk.verify(headers, body, datetime.now(UTC))
        except BadSignature:
            return problem(401, "The signature does not hold, or is too old.")
        event = desk.event(headers, body)
        if event is not None:
            stored = DeskEvent(
                f"{name} {event.key}"[:160], name, event.ticket, told=_redacted(event.told)
            )
            await run_in_threadpool(queue.take_in, stored)
            notes.wake()
        return JSONResponse({}, 202)

    return router


class Notes(Worker):
    """Posts a note for each event, once."""

    def __init__(
        self,
        desks: Desks,
        queue: DeskQueue,
        drafts: DraftStore,
        bot: Callable[[], Bot],
        report: Report,
    ) -> None:
        """``bot`` returns the bot that serves now."""
        super().__init__("helpdesks", report)
        self.desks = desks
        self.queue = queue
        self._drafts = drafts
        self._bot = bot

    def work(self) -> None:
        """Do what is due now."""
        for event in self.queue.due():
            if event.state == WATCHING:
                self._watch(event)
            else:
                self._note(event)

    def _note(self, event: DeskEvent) -> None:
        desk = self.desks.get(event.desk)
        if desk is None or event.tries >= MOST_TRIES:
            self.queue.settle(event, "given_up")
            return
        try:
            self._post(desk, event)
        except Superseded:
            self.queue.settle(event, "waiting")  # read again: the draft may be another by now
        except DeskUnavailable as error:
            self._report(event.desk, str(error))
            again = error.seconds or pause_after(event.tries)
            self.queue.settle(event, "given_up" if error.lasting else "waiting", again)
        except ODD as error:  # one ticket must not stop the rest
            self._report(event.desk, f"ticket {event.ticket} makes no sense: {error!r}")
            self.queue.settle(event, "waiting", pause_after(event.tries))
        else:
            kept = self._open_draft(event) if desk.can_be_read else None
            watched = kept is not None and kept.at >= event.at  # else: another event watches it
            self.queue.settle(event, WATCHING if watched else "done", FIRST_LOOK)

    def _post(self, desk: Helpdesk, event: DeskEvent) -> None:
        thread = desk.thread(_wrote(event))
        own_id = draft_id_of(desk.name, thread)
        if not thread.waits or any(mark_of(own_id) in note for note in thread.notes):
            return
        made = self.draft_on(thread)
        about = Drafted(
            event.desk,
            event.ticket,
            thread.version,
            None,
            datetime.now(UTC),
            thread.account,
            redact(well_formed(thread.text)).text,
        )
        self._drafts.keep(kept_of(made, about, own_id))
        desk.post_private_note(thread, note_text(made, thread, mark_of(own_id)), own_id)

    def _watch(self, event: DeskEvent) -> None:
        """Look whether an agent has replied, for a day: what they sent tells of the draft."""
        desk, kept = self.desks.get(event.desk), self._open_draft(event)
        if desk is None or kept is None or datetime.now(UTC) - event.at > WATCHED:
            self.queue.settle(event, "done")
            return
        try:
            thread = desk.thread(_wrote(event))
        except (DeskUnavailable, *ODD) as error:
            self._report(event.desk, repr(error))
            thread = None
        if thread is None or thread.replied_at is None or thread.replied_at <= kept.at:
            self.queue.settle(event, WATCHING, min(LONGEST_LOOK, FIRST_LOOK * 2**event.tries))
            return
        self._drafts.settle(settlement(kept, thread.reply, thread.replied_at, None))
        self.queue.settle(event, "done")

    def _open_draft(self, event: DeskEvent) -> KeptDraft | None:
        """Return the newest draft on the event's ticket, if nothing has become of it yet."""
        kept = self._drafts.newest(event.desk, event.ticket)
        return kept if kept and kept.outcome is None else None

    def draft_on(self, thread: Thread) -> Draft:
        """Draft a reply to what the customer wrote."""
        bot = replace(self._bot(), store=MemoryConversations())
        user = (thread.requester or "requester") if thread.account else None
        asked = Utterance(well_formed(thread.text), datetime.now(UTC), thread.account, user)
        return draft(bot, asked)


def draft_id_of(desk: str, thread: Thread) -> str:
    """
    Return the id of the draft on a customer's message: the same, however often it is made.

    It is of the message, not of the delivery that told of it: a trigger that also fires on our
    own note leads to the same id, and so to no second note.
    """
    message = "\0".join((desk, thread.ticket, thread.message))
    return f"drf_{hashlib.sha256(message.encode()).hexdigest()[:24]}"


def mark_of(draft_id: str) -> str:
    """Return the line by which a note is known again."""
    return f"draft {draft_id}"


def _wrote(event: DeskEvent) -> CustomerWrote:
    return CustomerWrote(event.key, event.ticket, event.told)


def _redacted(told: Mapping[str, str]) -> dict[str, str]:
    return {name: redact(value).text if name == "text" else value for name, value in told.items()}


def note_text(made: Draft, thread: Thread, mark: str) -> str:
    """Write a draft as a private note."""
    sources = [source_line(n, each) for n, each in enumerate(made.answer.citations, 1)]
    missing = [f"- {each.what}: {each.question}" for each in made.missing]
    blocks = [
        NOT_SENT,
        "" if thread.account else UNVERIFIED,
        f"---\n{made.reply}\n---",
        f"Support: {made.support}.",
        _block("Sources:", sources),
        _block("Missing; to ask the customer:", missing),
        mark,
    ]
    return "\n\n".join(filter(None, blocks))


def _block(title: str, lines: list[str]) -> str:
    return "\n".join((title, *lines)) if lines else ""
