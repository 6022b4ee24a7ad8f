"""Figures of the dashboard, counted from turns.  Pure."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Final

from rapidfuzz import fuzz

from supportbot.store.reports import DayCount, FoundTurn

KINDS: Final[Mapping[str, str]] = {
    "answered": "answered",
    "clarify": "clarified",
    "not_covered": "refused",
    "out_of_scope": "refused",
    "handoff": "handed over",
}
"""By outcome: as what it counts; small talk and empty messages are left out."""

SERIES: Final = ("answered", "clarified", "refused", "handed over")
UNANSWERED: Final = ("not_covered", "out_of_scope", "clarify")
ALIKE: Final = 72.0
MOST_GROUPED: Final = 500


@dataclass(frozen=True, slots=True)
class Day:
    """Counts of one day, in the order of ``SERIES``."""

    day: date
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """How often an article stood behind an answer, when last, and what was thought of it."""

    name: str
    count: int
    last: datetime
    helpful: int
    unhelpful: int


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that are alike, by the one that came first."""

    text: str
    count: int
    others: tuple[str, ...]


def days(counted: Iterable[DayCount], start: date, end: date) -> tuple[Day, ...]:
    """Return every day from ``start`` to ``end``, also those on which nobody asked."""
    counts: defaultdict[date, Counter[str]] = defaultdict(Counter)
    for each in counted:
        if each.outcome in KINDS:
            counts[each.day][KINDS[each.outcome]] += each.count
    span = range((end - start).days + 1)
    return tuple(
        Day(day, tuple(counts[day][name] for name in SERIES))
        for day in (start + timedelta(days=n) for n in span)
    )


def totals(shown: Sequence[Day]) -> tuple[tuple[str, int], ...]:
    """Return the counts of all days together, by the names of ``SERIES``."""
    return tuple((name, sum(day.counts[n] for day in shown)) for n, name in enumerate(SERIES))


def intents(found: Iterable[FoundTurn]) -> tuple[tuple[str, int], ...]:
    """Return what was asked about, the most frequent first."""
    counted = Counter(each["name"] for turn in found for each in json.loads(turn.answer)["intents"])
    return tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def uses(found: Iterable[FoundTurn]) -> Mapping[str, Use]:
    """Return by intent where its article was used."""
    used: dict[str, Use] = {}
    for turn in found:
        for name in {each["name"] for each in json.loads(turn.answer)["intents"]}:
            before = used.get(name, Use(name, 0, turn.asked_at, 0, 0))
            used[name] = Use(
                name,
                before.count + 1,
                max(before.last, turn.asked_at),
                before.helpful + (turn.helpful is True),
                before.unhelpful + (turn.helpful is False),
            )
    return used


def unanswered(found: Sequence[FoundTurn]) -> tuple[Group, ...]:
    """Return questions that were not answered, grouped by likeness, the largest group first."""
    groups: list[list[str]] = []
    texts = [" ".join(turn.text.split()) for turn in found if turn.outcome in UNANSWERED]
    for text in texts[:MOST_GROUPED]:
        own = next((g for g in groups if fuzz.token_set_ratio(g[0], text) >= ALIKE), None)
        if own is None:
            groups.append([text])
        else:
            own.append(text)
    groups.sort(key=lambda group: -len(group))
    return tuple(Group(group[0], len(group), tuple(dict.fromkeys(group[1:]))) for group in groups)


def wait_in_words(waits: Sequence[float]) -> str:
    """Return the median of waits in words; a dash where nobody waited."""
    if not waits:
        return "–"
    minutes = median(waits) / 60
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"
