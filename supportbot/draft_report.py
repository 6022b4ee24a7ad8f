"""What can be learnt from drafts: labelled examples, figures by intent and source, and gaps."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Final

from supportbot.redaction import redact
from supportbot.render import instant
from supportbot.store.drafts import KeptDraft, Rating

SETTLED: Final = ("used", "edited", "rewritten", "dismissed")
GAPS: Final = ("incomplete", "outdated")


@dataclass(frozen=True, slots=True)
class Line:
    """
    Figures of the drafts that have something in common.

    ``distance`` and ``seconds`` (from draft to reply) are medians, None: nothing was sent.
    """

    name: str
    drafts: int
    used: int
    edited: int
    rewritten: int
    dismissed: int
    distance: float | None
    seconds: float | None
    helpful: int
    unhelpful: int


@dataclass(frozen=True, slots=True)
class DraftReport:
    """Figures of all drafts, by intent and by source, and questions that show gaps."""

    whole: Line
    intents: tuple[Line, ...]
    sources: tuple[Line, ...]
    gaps: tuple[str, ...]


def example(kept: KeptDraft) -> dict[str, Any]:
    """Return a draft as a labelled example: question, intents, what was drafted and sent."""
    body = json.loads(kept.body)
    return {
        "id": kept.id,
        "at": instant(kept.at),
        "kind": kept.kind,
        "question": kept.question,
        "intents": _intents(body),
        "sources": list(_sources(body).values()),
        "support": body["support"],
        "draft": redact(body["text"]).text,
        "outcome": kept.outcome,
        "distance": kept.distance,
        "reason": kept.reason,
        "sent": kept.sent,
        "seconds": _seconds(kept),
    }


def report(kept: Iterable[KeptDraft], ratings: Sequence[Rating]) -> DraftReport:
    """Count what became of drafts."""
    every = [each for each in kept if each.outcome in SETTLED]
    by_intent: defaultdict[str, list[KeptDraft]] = defaultdict(list)
    by_source: defaultdict[str, list[KeptDraft]] = defaultdict(list)
    thumbs: defaultdict[str, list[bool]] = defaultdict(list)
    rated: defaultdict[str, list[Rating]] = defaultdict(list)
    for rating in ratings:
        rated[rating.draft].append(rating)
    for each in every:
        body = json.loads(each.body)
        for name in _intents(body):
            by_intent[name].append(each)
        sources = _sources(body)
        for name in dict.fromkeys(sources.values()):
            by_source[name].append(each)
        for rating in rated[each.id]:
            thumbs[sources.get(rating.source, "")].append(rating.helpful)
    return DraftReport(
        _line("all", every, thumbs[""]),
        _lines(by_intent, {}),
        _lines(by_source, thumbs),
        tuple(dict.fromkeys(each.question for each in every if _is_gap(each))),
    )


def as_json(made: DraftReport) -> dict[str, Any]:
    """Return the report as JSON values."""
    return asdict(made)


def _lines(
    groups: Mapping[str, list[KeptDraft]], thumbs: Mapping[str, list[bool]]
) -> tuple[Line, ...]:
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(_line(name, drafts, thumbs.get(name, [])) for name, drafts in ordered)


def _line(name: str, kept: Sequence[KeptDraft], thumbs: Sequence[bool]) -> Line:
    used, edited, rewritten, dismissed = (
        sum(each.outcome == outcome for each in kept) for outcome in SETTLED
    )
    far = [each.distance for each in kept if each.distance is not None]
    seconds = [told for each in kept if (told := _seconds(each)) is not None]
    return Line(
        name,
        len(kept),
        used,
        edited,
        rewritten,
        dismissed,
        median(far) if far else None,
        median(seconds) if seconds else None,
        sum(thumbs),
        len(thumbs) - sum(thumbs),
    )


def _is_gap(kept: KeptDraft) -> bool:
    uncovered = json.loads(kept.body)["support"] == "not covered"
    return uncovered or kept.outcome == "rewritten" or kept.reason in GAPS


def _seconds(kept: KeptDraft) -> float | None:
    if kept.sent is None or kept.settled_at is None:
        return None
    return round((kept.settled_at - kept.at).total_seconds(), 1)


def _intents(body: Mapping[str, Any]) -> list[str]:
    return [str(each["name"]) for each in body["answer"]["intents"]]


def _sources(body: Mapping[str, Any]) -> dict[int, str]:
    """Return by number what a source is, without whose it is."""
    return dict(_numbered(body["citations"]))


def _numbered(citations: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, str]]:
    for each in citations:
        if each["kind"] == "doc":
            yield each["n"], f"{each['article']}#{each['section']}"
        elif each["kind"] == "account":
            yield each["n"], f"{each['record']}.{each['field']}"
        else:
            yield each["n"], "computed"
