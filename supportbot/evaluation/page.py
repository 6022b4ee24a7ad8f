"""The report as one page of HTML that needs nothing else: no script, no request."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from supportbot.evaluation import tables
from supportbot.evaluation.breakdown import Confusion
from supportbot.evaluation.charts import Axes, Line, interval_chart, line_chart, round_end
from supportbot.evaluation.page_style import STYLE
from supportbot.evaluation.report import Report
from supportbot.evaluation.tables import Table

MOST_SHADE: Final = 70  # per cent

EXPLAINED: Final = (
    "<p>Right, strictly: the intent that was heard first is the one that was meant; leniently: "
    "one was heard that counts as right. Refused: nothing was understood, or a covered question "
    "was taken for one that is not. Wrong: it was answered, as covered, about something else. "
    "Intervals are Wilson’s, 95%.</p>"
)


def page(report: Report) -> str:
    """Return the whole document; the same report gives the same bytes."""
    sections = [(name, body) for name, body in _sections(report) if body]
    contents = "".join(f'<li><a href="#{_id(name)}">{name}</a></li>' for name, _ in sections)
    bodies = "".join(f'<h2 id="{_id(name)}">{name}</h2>{body}' for name, body in sections)
    about = "".join(f"<li>{escape(line)}</li>" for line in tables.about(report))
    title = escape(f"Evaluation: {report.about.source}")
    return (
        '<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head><body>"
        f'<header><h1>{title}</h1><ul class="about">{about}</ul>'
        f'<nav aria-label="Contents"><ul>{contents}</ul></nav></header>'
        f"<main>{bodies}</main></body></html>\n"
    )


def _sections(report: Report) -> Iterator[tuple[str, str]]:
    yield "Figures", EXPLAINED + _figures(report)
    yield "Intents", _table(tables.intents(report), "What became of each intent’s messages")
    yield "Confusion matrix", _matrix(report.confusions)
    yield "Taken for another", _table(tables.confused(report), "The most frequent first")
    yield "Calibration", _calibration(report)
    yield "Thresholds", _sweep(report)
    yield "Errors", _table(tables.errors(report.misses), "Messages not understood as meant")


def _figures(report: Report) -> str:
    rows = [(each.name, each.share, *each.interval) for each in report.shares]
    told = "Each share with its interval; the table below has the same figures."
    chart = interval_chart("Figures", told, rows) if rows else ""
    return chart + _table(tables.figures(report), "Shares of the messages")


def _calibration(report: Report) -> str:
    bins = report.calibration.bins
    if not bins:
        return ""
    lines = (
        Line("as it should be", ((0.0, 0.0), (1.0, 1.0)), "faint"),
        Line(
            "right, with 95% interval",
            tuple((each.confidence, each.right.share) for each in bins),
            "first",
            "circle",
            tuple(each.right.interval for each in bins),
        ),
    )
    axes = Axes("confidence", "right", y_is_share=False)
    told = f"How often each confidence was right; expected error {report.calibration.error:.3f}."
    chart = line_chart("Calibration", told, axes, lines)
    return f"<p>{told}</p>{chart}" + _table(tables.calibration(report), "The same in figures")


def _sweep(report: Report) -> str:
    points = report.sweep
    if not points:
        return ""
    lines = (
        *_in_use(report),
        Line("accuracy, lenient", tuple((p.threshold, p.lenient.share) for p in points), "third"),
        Line(
            "covered questions refused",
            tuple((p.threshold, p.refused.share) for p in points),
            "second",
            "square",
        ),
        Line(
            "wrong answers", tuple((p.threshold, p.wrong.share) for p in points), "first", "circle"
        ),
    )
    axes = Axes("answer from this confidence on", "share of messages")
    told = "What would become of the messages if answers were given from another confidence on."
    chart = line_chart("Thresholds", told, axes, lines)
    against = _wrong_against_refused(report)
    return f"<p>{told}</p>{chart}{against}" + _table(tables.sweep(report), "The same in figures")


def _in_use(report: Report) -> Iterator[Line]:
    """Yield an upright line at the threshold in use, if there is just one."""
    if len(report.about.thresholds) == 1:
        answer = report.about.thresholds[0].answer
        if answer <= 1:
            yield Line(f"in use: {answer:.2f}", ((answer, 0.0), (answer, 1.0)), "faint")


def _wrong_against_refused(report: Report) -> str:
    pairs = tuple(dict.fromkeys((p.refused.share, p.wrong.share) for p in report.sweep))
    axes = Axes(
        "covered questions refused",
        "wrong answers",
        right=round_end(x for x, _ in pairs),
        top=round_end(y for _, y in pairs),
        x_is_share=True,
    )
    told = "Wrong answers against refusals: a mark for each threshold, the lowest on the left."
    line = Line("a threshold", pairs, "first", "circle")
    return f"<p>{told}</p>" + line_chart("Wrong against refused", told, axes, (line,))


def _table(table: Table, caption: str) -> str:
    if not table.rows:
        return ""
    head = "".join(
        f'<th scope="col"{_class(table, n)}>{escape(name)}</th>'
        for n, name in enumerate(table.columns)
    )
    body = "".join(f"<tr>{_cells(table, row)}</tr>" for row in table.rows)
    return _wide(
        caption,
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>",
    )


def _cells(table: Table, row: Sequence[str]) -> str:
    first = f'<th scope="row"{_class(table, 0)}>{escape(row[0])}</th>'
    return first + "".join(
        f"<td{_class(table, number)}>{escape(cell)}</td>" for number, cell in enumerate(row[1:], 1)
    )


def _class(table: Table, column: int) -> str:
    return ' class="figure"' if table.is_figure(column) else ' class="text"'


def _matrix(confusions: Sequence[Confusion]) -> str:
    meant = sorted({each.meant for each in confusions})
    heard = sorted({each.heard for each in confusions}, key=lambda name: (name[0] == "(", name))
    if not meant:
        return ""
    count = {(each.meant, each.heard): each.n for each in confusions}
    total = {name: sum(count.get((name, other), 0) for other in heard) for name in meant}
    head = "".join(f'<th scope="col"><span>{escape(name)}</span></th>' for name in heard)
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(_cell(name, other, count.get((name, other), 0), total[name]) for other in heard)
        + "</tr>"
        for name in meant
    )
    caption = "Rows: what was meant; columns: what was heard first. Underlined: another intent."
    return _wide(
        "Confusion matrix",
        f'<table class="matrix"><caption>{caption}</caption>'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>",
    )


def _cell(meant: str, heard: str, n: int, of: int) -> str:
    if n == 0:
        return "<td></td>"
    kind = "same" if meant == heard else "off"
    shade = round(n / of * MOST_SHADE)
    return f'<td class="{kind}" style="background: rgb(var(--fill) / {shade}%)">{n}</td>'


def _wide(name: str, table: str) -> str:
    """A table may be wider than the page; it scrolls by itself, by keyboard as well."""
    label = escape(name, quote=True)
    return f'<div class="wide" role="region" aria-label="{label}" tabindex="0">{table}</div>'


def _id(name: str) -> str:
    return name.casefold().replace(" ", "-")
