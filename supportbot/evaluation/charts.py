"""
Charts as inline SVG, drawn from values.

Series differ by dash and mark as well as by colour, and figures stand beside them as text; the
colours are the page's (``page_style``).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, Literal

WIDTH: Final = 640
HEIGHT: Final = 320
LEFT: Final = 64
RIGHT: Final = 24
TOP: Final = 16
BOTTOM: Final = 44
TICKS: Final = 5
ROUND: Final = (0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0)

Point = tuple[float, float]
Mark = Literal["circle", "square", "none"]


@dataclass(frozen=True, slots=True)
class Line:
    """A series; ``points`` are in units of the axes, ``bars`` lowest and highest at each."""

    name: str
    points: tuple[Point, ...]
    style: Literal["first", "second", "third", "faint"]
    mark: Mark = "none"
    bars: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Axes:
    """From zero to ``right`` and ``top``; shares are shown as per cent, the rest as they are."""

    x_title: str
    y_title: str
    right: float = 1.0
    top: float = 1.0
    x_is_share: bool = False
    y_is_share: bool = True

    def x(self, value: float) -> float:
        """Where a value stands across."""
        return round(LEFT + value / self.right * (WIDTH - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        """Where a value stands, from the top."""
        return round(HEIGHT - BOTTOM - min(value / self.top, 1.0) * (HEIGHT - TOP - BOTTOM), 1)


def round_end(values: Iterable[float]) -> float:
    """Return where an axis of shares ends, so that all of ``values`` are on it."""
    most = max(values, default=0.0)
    return next((end for end in ROUND if end >= most), 1.0)


def line_chart(title: str, described: str, axes: Axes, lines: Sequence[Line]) -> str:
    """Draw ``lines``; ``described`` says in a sentence what one sees."""
    body = [*_grid(axes), *(part for line in lines for part in _line(line, axes))]
    return _svg(title, described, HEIGHT, body) + _legend(lines)


def interval_chart(
    title: str, described: str, rows: Sequence[tuple[str, float, float, float]]
) -> str:
    """Draw a mark and its interval for each row: name, share, lowest, highest."""
    height, left, right = 34 * len(rows) + 40, 250, WIDTH - 70
    body: list[str] = []
    for step in range(TICKS + 1):
        x = round(left + step / TICKS * (right - left), 1)
        body.append(f'<line class="grid" x1="{x}" y1="8" x2="{x}" y2="{height - 30}"/>')
        body.append(_text(x, height - 12, f"{step / TICKS:.0%}", "middle"))
    for number, (name, share, low, high) in enumerate(rows):
        y = 26 + 34 * number
        at, least, most = (round(left + v * (right - left), 1) for v in (share, low, high))
        body.append(_text(left - 12, y + 4, name, "end"))
        body.append(f'<line class="bar" x1="{least}" y1="{y}" x2="{most}" y2="{y}"/>')
        body.append(f'<circle class="dot" cx="{at}" cy="{y}" r="5"/>')
        body.append(_text(WIDTH - 8, y + 4, f"{share:.1%}", "end"))
    return _svg(title, described, height, body)


def _svg(title: str, described: str, height: int, body: Iterable[str]) -> str:
    label = escape(f"{title}. {described}", quote=True)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{label}">{"".join(body)}</svg>'
    )


def _grid(axes: Axes) -> Iterable[str]:
    for step in range(TICKS + 1):
        x, y = axes.x(axes.right * step / TICKS), axes.y(axes.top * step / TICKS)
        yield f'<line class="grid" x1="{x}" y1="{TOP}" x2="{x}" y2="{HEIGHT - BOTTOM}"/>'
        yield f'<line class="grid" x1="{LEFT}" y1="{y}" x2="{WIDTH - RIGHT}" y2="{y}"/>'
        yield _text(x, HEIGHT - BOTTOM + 16, _tick(step, axes.right, axes.x_is_share), "middle")
        yield _text(LEFT - 8, y + 4, _tick(step, axes.top, axes.y_is_share), "end")
    yield _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, axes.x_title, "middle")
    turned = f'transform="rotate(-90 12 {HEIGHT / 2})"'
    yield _text(12, HEIGHT / 2, axes.y_title, "middle", turned)


def _tick(step: int, most: float, is_share: bool) -> str:
    value = most * step / TICKS
    if not is_share:
        return f"{value:.1f}"
    return f"{value:.0%}" if most >= 0.05 else f"{value:.1%}"


def _line(line: Line, axes: Axes) -> Iterable[str]:
    placed = [(axes.x(x), axes.y(y)) for x, y in line.points]
    path = " ".join(f"{x},{y}" for x, y in placed)
    for (x, _), (low, high) in zip(placed, line.bars, strict=False):
        yield f'<line class="bar" x1="{x}" y1="{axes.y(low)}" x2="{x}" y2="{axes.y(high)}"/>'
    yield f'<polyline class="line {line.style}" points="{path}"/>'
    for x, y in placed:
        yield from _mark(line, x, y)


def _mark(line: Line, x: float, y: float) -> Iterable[str]:
    if line.mark == "circle":
        yield f'<circle class="mark {line.style}" cx="{x}" cy="{y}" r="4"/>'
    if line.mark == "square":
        yield (
            f'<rect class="mark {line.style}" x="{x - 4:.1f}" y="{y - 4:.1f}" '
            'width="8" height="8"/>'
        )


def _legend(lines: Sequence[Line]) -> str:
    entries = (
        '<li><svg viewBox="0 0 40 12" aria-hidden="true">'
        f'<line class="line {line.style}" x1="0" y1="6" x2="40" y2="6"/>'
        f"{''.join(_mark(line, 20, 6))}</svg> {escape(line.name)}</li>"
        for line in lines
    )
    return f'<ul class="legend">{"".join(entries)}</ul>'


def _text(x: float, y: float, said: str, anchor: str, more: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" {more}>{escape(said)}</text>'
