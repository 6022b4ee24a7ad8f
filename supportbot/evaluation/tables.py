"""The report as tables of plain text, for the terminal and for the page alike."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from supportbot.evaluation.breakdown import heard_as
from supportbot.evaluation.examples import Miss
from supportbot.evaluation.report import Report, given_as
from supportbot.evaluation.scoring import Several, Share
from supportbot.understanding.model import Thresholds
from supportbot.understanding.topics import REFUSING

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table; the columns from ``figures_from`` up to ``figures_to`` hold figures."""

    title: str
    columns: Row
    rows: tuple[Row, ...]
    figures_from: int = 1
    figures_to: int = 99

    def is_figure(self, column: int) -> bool:
        """Whether a column is set to the right."""
        return self.figures_from <= column < self.figures_to


def tables(report: Report) -> Iterator[Table]:
    """Yield the tables of figures in the order to read them; empty ones are left out."""
    found = (
        figures(report),
        intents(report),
        confused(report),
        calibration(report),
        sweep(report),
    )
    return (table for table in found if table.rows)


def about(report: Report) -> tuple[str, ...]:
    """Say in a line each what was evaluated, and on what."""
    encoder = report.about.encoder or "none: the words alone decided"
    return (
        f"{report.about.source}: {report.messages:,} messages",
        f"Encoder: {encoder}",
        f"Trained matcher: {report.about.model}",
        f"Answers from confidence {_threshold(report.about.thresholds, 'answer')}, "
        f"says “not covered” from {_threshold(report.about.thresholds, 'refuse')}",
    )


def figures(report: Report) -> Table:
    """Return the headline figures with their intervals."""
    rows = [_share_row(share) for share in report.shares]
    if report.several:
        rows += _several_rows(report.several)
    return Table("Figures", ("figure", "share", "95% interval", "count"), tuple(rows))


def intents(report: Report) -> Table:
    """Return a row for each intent; the interval is of its recall."""
    columns = (
        *("intent", "answers from", "n", "right", "refused", "wrong", "precision", "recall"),
        "95% interval",
    )
    rows = (
        (
            row.intent,
            _answers_from(report.about.thresholds, row.intent),
            str(row.n),
            str(row.right),
            str(row.refused),
            str(row.wrong),
            _percent(row.precision),
            _percent(row.recall),
            _interval(Share("", row.right, row.n)),
        )
        for row in report.intents
    )
    return Table("Intents", columns, tuple(rows))


def confused(report: Report) -> Table:
    """Return what was taken for what, the most frequent first."""
    rows = (
        (each.meant, each.heard, str(each.n), str(each.right))
        for each in report.confusions
        if each.meant != each.heard
    )
    return Table("Taken for another", ("meant", "heard first", "n", "also right"), tuple(rows), 2)


def calibration(report: Report) -> Table:
    """Return the reliability bins."""
    rows = (
        (
            f"{each.low:.1f} to {each.high:.1f}",
            str(each.n),
            f"{each.confidence:.2f}",
            f"{each.right.share:.2f}",
            _interval(each.right),
        )
        for each in report.calibration.bins
    )
    title = f"Calibration (expected error {report.calibration.error:.3f})"
    columns = ("confidence", "n", "mean confidence", "right", "95% interval")
    return Table(title, columns, tuple(rows))


def sweep(report: Report) -> Table:
    """Return what other thresholds for answering would give."""
    columns = ("answer from", "wrong answers", "covered refused", "accuracy, lenient")
    rows = (
        (
            f"{point.threshold:.2f}",
            f"{point.wrong.share:.1%}",
            f"{point.refused.share:.1%}",
            f"{point.lenient.share:.1%}",
        )
        for point in report.sweep
    )
    return Table("Other thresholds for answering", columns, tuple(rows), 0)


def errors(misses: Sequence[Miss]) -> Table:
    """Return the messages that were not understood as meant."""
    columns = ("message", "asked", "what became of it", "meant", "heard", "nearest known question")
    return Table("Errors", columns, tuple(map(_miss_row, misses)), 0, 0)


def error_lines(misses: Sequence[Miss]) -> list[str]:
    """Return the errors as lines, which a terminal of any width can show."""
    lines: list[str] = []
    for miss in misses:
        ref, text, what, meant, heard, near = _miss_row(miss)
        lines += ["", f"{ref}, {what}: meant {meant}; heard {heard}", f"  {' '.join(text.split())}"]
        lines += [f"  nearest known question: {near}"] if near else []
    return lines


def _miss_row(miss: Miss) -> Row:
    case, hearing, example = miss.heard.case, miss.heard.hearing, miss.misled_by
    heard = ", ".join(f"{hit.intent} {hit.confidence:.2f}" for hit in hearing.heard)
    near = f"{example.topic}: “{example.text}” ({example.similarity:.2f})" if example else ""
    meant = ", ".join(case.intents)
    also = f" (or {', '.join(case.also)})" if case.also else ""
    return (case.ref, case.text, given_as(miss), meant + also, heard or heard_as(hearing), near)


def _share_row(share: Share) -> Row:
    return (share.name, f"{share.share:.1%}", _interval(share), f"{share.count} of {share.of}")


def _several_rows(found: Several) -> list[Row]:
    return [
        ("several questions, F1", f"{found.f1:.1%}", "", f"{found.messages} messages"),
        _share_row(Share("several questions, precision", found.found, found.heard)),
        _share_row(Share("several questions, recall", found.found, found.asked)),
        _share_row(Share("just those, in order", found.in_order, found.messages)),
    ]


def _interval(share: Share) -> str:
    low, high = share.interval
    return f"{low:.1%} to {high:.1%}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _answers_from(thresholds: Sequence[Thresholds], intent: str) -> str:
    if intent in REFUSING:
        return _threshold(thresholds, "refuse")
    return _range({each.answers_from(intent) for each in thresholds})


def _threshold(thresholds: Sequence[Thresholds], name: str) -> str:
    return _range({float(getattr(each, name)) for each in thresholds})


def _range(found: Iterable[float]) -> str:
    values = sorted(found)
    ends = f"{values[0]:.2f}" if values else "–"
    return ends if len(values) < 2 else f"{ends} to {values[-1]:.2f}"
