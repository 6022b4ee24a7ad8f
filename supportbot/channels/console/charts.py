"""Stacked bars by day as SVG without styles of their own; the figures stand in a table beside."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from supportbot.channels.console.figures import SERIES, Day

WIDTH: Final = 760
HEIGHT: Final = 220
LEFT: Final = 40
BOTTOM: Final = 24
CLASSES: Final = ("answered", "clarified", "refused", "handed")
MOST_LABELS: Final = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece of a day's bar."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    told: str


@dataclass(frozen=True, slots=True)
class Label:
    """A word at an axis."""

    x: float
    y: float
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What the template draws."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    labels: tuple[Label, ...]
    ticks: tuple[float, ...]


def chart(shown: Sequence[Day]) -> Chart:
    """Lay out the days."""
    top = max((sum(day.counts) for day in shown), default=0) or 1
    return Chart(
        WIDTH,
        HEIGHT,
        tuple(_bars(shown, top)),
        tuple(_labels(shown, top)),
        (_y(top, top), _y(top / 2, top), _y(0, top)),
    )


def _bars(shown: Sequence[Day], top: int) -> Iterator[Bar]:
    step = (WIDTH - LEFT) / max(len(shown), 1)
    for number, day in enumerate(shown):
        below = 0
        for kind, name, count in zip(CLASSES, SERIES, day.counts, strict=True):
            if count:
                x = round(LEFT + number * step + step * 0.1, 1)
                y, foot = _y(below + count, top), _y(below, top)
                told = f"{day.day}: {count} {name}"
                yield Bar(x, y, round(step * 0.8, 1), round(foot - y, 1), kind, told)
            below += count


def _labels(shown: Sequence[Day], top: int) -> Iterator[Label]:
    yield Label(LEFT - 6, _y(top, top) + 4, str(top), "end")
    yield Label(LEFT - 6, _y(0, top), "0", "end")
    step = (WIDTH - LEFT) / max(len(shown), 1)
    every = max(1, -(-len(shown) // MOST_LABELS))
    for number in range(0, len(shown), every):
        day = shown[number].day
        x = round(LEFT + (number + 0.5) * step, 1)
        yield Label(x, HEIGHT - 6, f"{day.day} {day:%b}", "middle")


def _y(count: float, top: int) -> float:
    return round(10 + (1 - count / top) * (HEIGHT - BOTTOM - 10), 1)
