"""A hand-off as an agent sees it: the conversation, a draft, and the evidence beside it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from supportbot.channels.console.desk import Desk
from supportbot.conversation import Turn, Utterance
from supportbot.drafting import Draft, Missing, draft, without_marks
from supportbot.handing_over import HANDOFF
from supportbot.learning import kept_of
from supportbot.store.drafts import Drafted, KeptDraft
from supportbot.store.handoffs import Handoff, PersonsReply
from supportbot.store.memory import MemoryConversations
from supportbot.variants import Said, lines_of

CONSOLE: Final = "console"
ASKED: Final = "asked"
"""The kind of what an agent asked at will, which is shown and not kept."""
WHY: Final[Mapping[str, str]] = {
    "supported": "every statement has a source, and nothing is missing",
    "partly supported": "what it states has sources, and something that would help is missing",
    "not covered": "neither the documentation nor the record answers this",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a conversation; ``who`` is customer, bot or person."""

    who: str
    at: datetime
    text: str
    author: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One source of a draft; of an account's fact also its raw value, its system and when read."""

    number: int
    kind: str
    text: str
    quote: str = ""
    url: str | None = None
    raw: str = ""
    source: str = ""
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A kept draft, taken apart for the page."""

    id: str
    at: datetime
    lines: tuple[tuple[Said, ...], ...]
    support: str
    why: str
    missing: tuple[Missing, ...]
    evidence: tuple[Evidence, ...]
    findings: tuple[Mapping[str, Any], ...]
    ruled_out: tuple[str, ...]
    unchecked: tuple[str, ...]
    troubles: tuple[str, ...]
    text: str
    outcome: str | None = None
    reason: str | None = None

    @property
    def reply(self) -> str:
        """The draft as a customer would get it."""
        return without_marks(self.text).replace("**", "")

    @property
    def body(self) -> str:
        """The reply without greeting and signature, to be put into another."""
        return "\n\n".join(self.reply.split("\n\n")[1:-1])


@dataclass(frozen=True, slots=True)
class Ticket:
    """Everything that the page of a hand-off shows; no draft when nobody waits for a reply."""

    handoff: Handoff
    entries: tuple[Entry, ...]
    version: str
    summary: str = ""
    draft: Shown | None = None


def ticket_of(desk: Desk, handoff: Handoff, agent: str) -> Ticket:
    """
    Read a conversation, with the draft on what the customer wrote last.

    A draft that was made of this version before is shown again; one is made where there is none.
    """
    turns, persons, version = _read(desk, handoff)
    asked = _asked(turns, persons)
    kept = None
    if asked is not None and handoff.state == "open":
        kept = desk.drafts.newest(CONSOLE, handoff.conversation)
        if kept is None or kept.version != version:
            kept = make_draft(desk, handoff, asked.text, version, agent)
    entries = conversation_entries(turns, persons)
    shown = shown_of(kept) if kept else None
    return Ticket(handoff, entries, version, _summary(turns), shown)


def new_draft(desk: Desk, handoff: Handoff, agent: str) -> None:
    """Draft anew what the customer wrote last, if anybody waits; the one before is superseded."""
    turns, persons, version = _read(desk, handoff)
    asked = _asked(turns, persons)
    if asked is not None:
        make_draft(desk, handoff, asked.text, version, agent)


def make_draft(
    desk: Desk, handoff: Handoff, text: str, version: str, agent: str, kind: str = CONSOLE
) -> KeptDraft:
    """Draft a reply to ``text``, and keep it."""
    now = datetime.now(UTC)
    made = draft_for(desk, text, handoff, now)
    about = Drafted(kind, handoff.conversation, version, agent, now, handoff.account, text)
    kept = kept_of(made, about)
    desk.drafts.keep(kept)
    return kept


def draft_for(desk: Desk, text: str, handoff: Handoff, now: datetime) -> Draft:
    """Draft what the asker may see; the conversation of the customer is left as it is."""
    apart = replace(desk.site.serving().bot, store=MemoryConversations())
    role = desk.site.turns.role_of(handoff.conversation, handoff.account, handoff.user)
    user = handoff.user if handoff.account else None
    return draft(apart, Utterance(text, now, handoff.account, user, role))


def shown_of(kept: KeptDraft) -> Shown:
    """Take a kept draft apart."""
    body = json.loads(kept.body)
    return Shown(
        kept.id,
        kept.at,
        lines_of(body["text"]),
        body["support"],
        WHY[body["support"]],
        tuple(Missing(each["what"], each["question"]) for each in body["missing"]),
        tuple(_evidence(each) for each in body["citations"]),
        tuple(body["findings"]),
        tuple(body["ruled_out"]),
        tuple(body["unchecked"]),
        tuple(body["troubles"]),
        body["text"],
        kept.outcome,
        kept.reason,
    )


def _read(desk: Desk, handoff: Handoff) -> tuple[tuple[Turn, ...], tuple[PersonsReply, ...], str]:
    version = str(desk.sending.version(handoff.conversation))  # first: what comes later is newer
    turns = desk.site.turns.turns(handoff.conversation)
    return turns, desk.site.handoffs.replies_in(handoff.conversation), version


def _summary(turns: tuple[Turn, ...]) -> str:
    """Return what the bot told the person of it, when it handed over last."""
    told = (json.loads(turn.answer).get("handoff") for turn in reversed(turns))
    return next((str(each["summary"]) for each in told if each), "")


def _asked(turns: tuple[Turn, ...], persons: tuple[PersonsReply, ...]) -> Turn | None:
    """Return what is to be answered: the last that asks something, unless a person replied."""
    if not turns or (persons and persons[-1].at >= turns[-1].asked_at):
        return None
    return asked_last(turns)


def asked_last(turns: tuple[Turn, ...]) -> Turn:
    """Return the last of some turns that asks something, and not for a person only."""
    return next((turn for turn in reversed(turns) if not _wishes_only(turn)), turns[-1])


def _wishes_only(turn: Turn) -> bool:
    intents = {each["name"] for each in json.loads(turn.answer)["intents"]}
    return intents == {HANDOFF}


def conversation_entries(
    turns: tuple[Turn, ...], persons: tuple[PersonsReply, ...]
) -> tuple[Entry, ...]:
    """Return what was said by whom, in order."""
    entries = [entry for turn in turns for entry in _both(turn)]
    entries += [Entry("person", each.at, each.text, each.author) for each in persons]
    return tuple(sorted(entries, key=lambda entry: entry.at))


def _both(turn: Turn) -> Iterator[Entry]:
    yield Entry("customer", turn.asked_at, turn.text)
    answer = without_marks(str(json.loads(turn.answer)["text"])).replace("**", "")
    if answer:  # none, while a person was on
        yield Entry("bot", turn.asked_at, answer)


def _evidence(told: Mapping[str, Any]) -> Evidence:
    if told["kind"] == "doc":
        return Evidence(told["n"], "Documentation", told["title"], told["quote"], told["url"])
    if told["kind"] == "computed":
        return Evidence(told["n"], "Computed", f"{told['formula']} = {told['shown']}")
    record, field = (str(told[name]).replace("_", " ") for name in ("record", "field"))
    return Evidence(
        told["n"],
        "Account",
        f"{record} {told['id']}, {field}: {told['shown']}",
        raw=str(told["raw"]),
        source=told.get("source", ""),
        as_of=datetime.fromisoformat(told["as_of"]),
    )
