"""What was measured, as a Markdown table and as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from supportbot.evaluation.scoring import Share
from tests.benchmarks.peers.measuring import Measured, Result

HEAD: Final = (
    *("peer", "set", "right (95 %)", "wrong", "covered, refused", "not covered, answered"),
    *("CPU ms", "wall ms", "peak MB", "cold s", "learning s"),
)
RIGHT: Final = "accuracy, lenient"
COUNTED: Final = {
    "wrong": "wrong answers",
    "covered, refused": "covered questions refused",
    "not covered, answered": "not covered or out of scope, answered",
}
Found = Measured | str
"""What was measured, or why nothing was."""


def table(found: Mapping[str, Found]) -> str:
    """Return the table of all peers, a row for each set."""
    rows = [row for name, each in found.items() for row in _rows(name, each)]
    whole = (row for row in rows if len(row) == len(HEAD))
    widths = [max(map(len, column)) for column in zip(HEAD, *whole, strict=True)]
    lines = [HEAD, ["-" * width for width in widths], *rows]
    return "\n".join(_line(line, widths) for line in lines)


def as_json(found: Mapping[str, Found]) -> list[dict[str, Any]]:
    """Return everything, down to each answer."""
    return [{"peer": name, **_peer(each)} for name, each in found.items()]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Return a row; one that only says why nothing was measured may be short."""
    return f"| {' | '.join(map(str.ljust, cells, widths))} |"


def _rows(name: str, found: Found) -> Iterator[list[str]]:
    if isinstance(found, str):
        yield [name, found.replace("|", "/")]
        return
    peak = "?" if found.peak is None else f"{found.peak:.0f}"
    for result in found.results:
        quality = [_right(result.shares), *(_count(result.shares, c) for c in COUNTED.values())]
        speed = [f"{result.cpu_ms:.2f}", f"{result.wall_ms:.2f}"]
        start = [peak, f"{found.cold:.1f}", f"{found.learnt:.1f}"]
        yield [name, result.name, *quality, *speed, *start]


def _right(shares: Mapping[str, Share]) -> str:
    share = shares[RIGHT]
    low, high = share.interval
    interval = f"{low * 100:.1f}–{high * 100:.1f}"
    return f"{share.count}/{share.of} = {share.share * 100:.1f} % ({interval})"


def _count(shares: Mapping[str, Share], name: str) -> str:
    return f"{shares[name].count}/{shares[name].of}" if name in shares else "–"


def _peer(found: Found) -> dict[str, Any]:
    if isinstance(found, str):
        return {"skipped": found}
    return {
        "peak_mb": found.peak,
        "cold_s": found.cold,
        "learning_s": found.learnt,
        "sets": [_result(result) for result in found.results],
    }


def _result(result: Result) -> dict[str, Any]:
    counts = {RIGHT: "right", **{name: column for column, name in COUNTED.items()}}
    return {
        "set": result.name,
        **{
            column: {"count": result.shares[name].count, "of": result.shares[name].of}
            for name, column in counts.items()
            if name in result.shares
        },
        "cpu_ms": result.cpu_ms,
        "wall_ms": result.wall_ms,
        "answers": [
            {"id": each.case.ref, "meant": each.case.intent, "heard": each.intent, "is": judged}
            for each, judged in zip(result.answers, result.verdicts, strict=True)
        ],
    }
