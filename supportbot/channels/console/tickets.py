"""A hand-off as an agent sees it: the conversation, a draft, and the evidence beside it.  Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from supportbot.account_text import trouble_lines
from supportbot.answer import AccountCitation, Citation, DocCitation
from supportbot.bot import Bot
from supportbot.channels.site import Site
from supportbot.conversation import Utterance
from supportbot.drafting import Draft, draft, without_marks
from supportbot.render import source_line
from supportbot.store.handoffs import Handoff
from supportbot.store.memory import MemoryConversations


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a conversation; ``who`` is customer, bot or person."""

    who: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One source of the draft."""

    number: int
    kind: str
    text: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Ticket:
    """Everything that the page of a hand-off shows."""

    handoff: Handoff
    entries: tuple[Entry, ...]
    draft: Draft | None
    evidence: tuple[Evidence, ...]
    troubles: tuple[str, ...]
    version: str

    @property
    def reply(self) -> str:
        """The draft's words, without the numbers of its sources."""
        return without_marks(self.draft.reply) if self.draft else ""


def ticket_of(site: Site, handoff: Handoff) -> Ticket:
    """Read a conversation, and draft a reply to what the customer wrote last."""
    turns = site.turns.turns(handoff.conversation)
    entries = [
        entry
        for turn in turns
        for entry in (
            Entry("customer", turn.asked_at, turn.text),
            Entry("bot", turn.asked_at, _words(json.loads(turn.answer))),
        )
    ]
    persons = site.handoffs.replies_in(handoff.conversation)
    entries += [Entry("person", each.at, each.text) for each in persons]
    entries.sort(key=lambda entry: entry.at)
    asked = [turn for turn in turns if turn.outcome != "handoff"] or list(turns)
    made = _draft(site.serving().bot, asked[-1].text, handoff) if asked else None
    return Ticket(
        handoff,
        tuple(entries),
        made,
        _evidence(made.answer.citations) if made else (),
        tuple(trouble_lines(made.read)) if made and made.read else (),
        f"{len(turns)}-{len(persons)}",
    )


def _draft(bot: Bot, text: str, handoff: Handoff) -> Draft:
    """Draft as for the operator's eyes; the conversation of the customer is left as it is."""
    apart = replace(bot, store=MemoryConversations())
    user = handoff.user if handoff.account else None
    asked = Utterance(text, datetime.now(UTC), handoff.account, user)
    return draft(apart, asked)


def _words(answer: dict[str, Any]) -> str:
    return without_marks(str(answer["text"])).replace("**", "")


def _evidence(citations: Sequence[Citation]) -> tuple[Evidence, ...]:
    return tuple(_one(number, each) for number, each in enumerate(citations, 1))


def _one(number: int, citation: Citation) -> Evidence:
    if isinstance(citation, DocCitation):
        return Evidence(number, "Documentation", citation.title, citation.quote)
    kind = "Account" if isinstance(citation, AccountCitation) else "Computed"
    return Evidence(number, kind, source_line(number, citation).partition(": ")[2])
