"""The fuse: on sending, facts are read again, and what has changed is shown first."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from supportbot.channels.console.desk import Desk
from supportbot.channels.console.tickets import CONSOLE, draft_for
from supportbot.drafting import as_json
from supportbot.store.drafts import SNIPPET, KeptDraft
from supportbot.store.handoffs import Handoff

FRESH: Final = timedelta(seconds=60)
UNREAD: Final = "cannot be read now"
GONE: Final = "no longer stated"
Fact = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """A fact that was drafted with, and what it is now."""

    what: str
    was: str
    now: str


def changes(desk: Desk, handoff: Handoff, draft_id: str, text: str) -> tuple[Change, ...]:
    """
    Return what has changed since it was drafted with.

    That is of the draft, and of the snippets whose figures stand in ``text``.  A form that
    names no draft of this conversation is held against the newest one.
    """
    if handoff.account is None:
        return ()
    place = CONSOLE, handoff.conversation
    kept = desk.drafts.on(draft_id, *place) or desk.drafts.newest(*place)
    found = list(_changed(desk, handoff, kept)) if kept else []
    for snippet in desk.drafts.all_on(SNIPPET, handoff.conversation):
        if any(shown in text for _, shown, _ in _told(snippet)):
            found += [each for each in _changed(desk, handoff, snippet) if each.was in text]
    return tuple(dict.fromkeys(found))


def digest(found: Iterable[Change]) -> str:
    """Name what an agent has seen and accepts."""
    told = json.dumps([(each.what, each.was, each.now) for each in found])
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _changed(desk: Desk, handoff: Handoff, kept: KeptDraft) -> Iterator[Change]:
    now = datetime.now(UTC)
    old = {fact: shown for fact, shown, at in _told(kept) if now - at > FRESH}
    if not old or kept.account is None:
        return
    made = draft_for(desk, kept.question, handoff, now)
    if made.read is None:
        yield Change("account", "read", UNREAD)
        return
    new = {fact: shown for fact, shown, _ in _facts(as_json(made)["citations"])}
    for fact, was in old.items():
        told = new.get(fact, GONE)
        if told != was:
            yield Change(" ".join(fact).replace("_", " "), was, told)


def _told(kept: KeptDraft) -> Iterator[tuple[Fact, str, datetime]]:
    return _facts(json.loads(kept.body)["citations"])


def _facts(citations: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Fact, str, datetime]]:
    """Yield the account's facts; the day of reading is no fact of the account."""
    for each in citations:
        if each["kind"] == "account" and each["field"] != "as_of":
            fact = (str(each["record"]), str(each["id"]), str(each["field"]))
            yield fact, str(each["shown"]), datetime.fromisoformat(each["as_of"])
