"""The report of an evaluation, and its JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from supportbot.evaluation.breakdown import (
    Calibration,
    Confusion,
    IntentRow,
    SweepPoint,
    by_intent,
    calibration,
    confusions,
    sweep,
)
from supportbot.evaluation.examples import Miss
from supportbot.evaluation.hearing import Heard, Hit
from supportbot.evaluation.scoring import Several, Share, several, shares, verdict, wilson
from supportbot.understanding.model import Thresholds


@dataclass(frozen=True, slots=True)
class About:
    """
    What was evaluated on what.

    ``source`` names the file, or the cross-validation; ``encoder`` is None when the words
    alone decided.  ``thresholds`` has one entry, in a cross-validation one for each fold.
    """

    source: str
    model: str
    encoder: str | None
    thresholds: tuple[Thresholds, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that an evaluation found."""

    about: About
    messages: int
    shares: tuple[Share, ...]
    several: Several | None
    intents: tuple[IntentRow, ...]
    confusions: tuple[Confusion, ...]
    calibration: Calibration
    sweep: tuple[SweepPoint, ...]
    misses: tuple[Miss, ...]

    def share(self, name: str) -> Share:
        """Return one of the headline figures; of nothing, if the questions do not tell."""
        return next((each for each in self.shares if each.name == name), Share(name, 0, 0))


def report_of(about: About, heard: Sequence[Heard], missed: Sequence[Miss]) -> Report:
    """Put the report together."""
    return Report(
        about=about,
        messages=len(heard),
        shares=shares(heard),
        several=several(heard),
        intents=by_intent(heard),
        confusions=confusions(heard),
        calibration=calibration(heard),
        sweep=sweep(heard),
        misses=tuple(missed),
    )


def given_as(miss: Miss) -> str:
    """Say in a word or two what became of a message."""
    case, hearing = miss.heard.case, miss.heard.hearing
    if not case.several:
        return verdict(case, hearing.heard)
    names = {hit.intent for hit in hearing.heard}
    lacking, beside = set(case.intents) - names - set(case.also), names - case.accepted
    found = (word for word, there in (("incomplete", lacking), ("too much", beside)) if there)
    return ", ".join(found)


def as_json(report: Report) -> dict[str, Any]:
    """Return the report as JSON; shares and probabilities have four decimals."""
    return {
        "source": report.about.source,
        "model": report.about.model,
        "encoder": report.about.encoder,
        "thresholds": [asdict(each) for each in report.about.thresholds],
        "messages": report.messages,
        "figures": {
            each.name.replace(",", "").replace(" ", "_"): _share(each) for each in report.shares
        },
        "several": _several(report.several),
        "intents": [_intent(row) for row in report.intents],
        "confusions": [asdict(each) for each in report.confusions],
        "calibration": {
            "expected_error": round(report.calibration.error, 4),
            "bins": [
                {
                    "from": each.low,
                    "to": each.high,
                    "confidence": round(each.confidence, 4),
                    **_share(each.right),
                }
                for each in report.calibration.bins
            ],
        },
        "sweep": [
            {
                "threshold": point.threshold,
                "wrong_answers": _share(point.wrong),
                "covered_questions_refused": _share(point.refused),
                "accuracy_lenient": _share(point.lenient),
            }
            for point in report.sweep
        ],
        "errors": [_miss(each) for each in report.misses],
    }


def _share(share: Share) -> dict[str, float]:
    low, high = share.interval
    return {
        "count": share.count,
        "of": share.of,
        "share": round(share.share, 4),
        "low": round(low, 4),
        "high": round(high, 4),
    }


def _several(found: Several | None) -> Mapping[str, Any] | None:
    if found is None:
        return None
    precision, recall = Share("", found.found, found.heard), Share("", found.found, found.asked)
    return {
        "messages": found.messages,
        "f1": round(found.f1, 4),
        "precision": _share(precision),
        "recall": _share(recall),
        "exactly_and_in_order": _share(Share("", found.in_order, found.messages)),
    }


def _intent(row: IntentRow) -> dict[str, Any]:
    low, high = wilson(row.right, row.n)
    return {
        **asdict(row),
        "precision": _rounded(row.precision),
        "recall": _rounded(row.recall),
        "recall_low": round(low, 4),
        "recall_high": round(high, 4),
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _miss(miss: Miss) -> dict[str, Any]:
    case, hearing = miss.heard.case, miss.heard.hearing
    return {
        "ref": case.ref,
        "text": case.text,
        "verdict": given_as(miss),
        "meant": list(case.intents),
        "also": list(case.also),
        "kind": hearing.kind,
        "heard": _hits(hearing.heard),
        "guess": _hits(hearing.guess),
        "misled_by": asdict(miss.misled_by) if miss.misled_by else None,
    }


def _hits(hits: Sequence[Hit]) -> list[dict[str, Any]]:
    return [asdict(hit) for hit in hits]
