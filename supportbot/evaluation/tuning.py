"""
Thresholds for each intent, fitted to a budget of wrong answers.

Every threshold is a trade: lower it, and more questions of its intent are answered, rightly
and wrongly.  One exchange rate for all intents (how many right answers a wrong one may cost)
makes the trades fair; the lowest rate that keeps to the budget answers the most.  As some
intents have few questions, each is judged together with a share of all the others.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from supportbot.errors import InputError
from supportbot.evaluation.hearing import Heard
from supportbot.evaluation.scoring import Share, Verdict, verdict
from supportbot.understanding.model import Thresholds
from supportbot.understanding.topics import REFUSING

GRID: Final = tuple(percent / 100 for percent in range(25, 100))
NEVER: Final = 1.01
"""No confidence reaches it."""
RATES: Final = tuple(2.0 * 1.15**step for step in range(50))
"""However large the budget, a wrong answer is worth at least two right ones."""
POOLED: Final = 20.0
"""An intent's own questions weigh against so many of the average intent."""
FEWEST: Final = 50

Floats = NDArray[np.float64]
Counts = Mapping[str, tuple[Floats, Floats]]


@dataclass(frozen=True, slots=True)
class Flip:
    """A message that other thresholds would answer, or no longer answer."""

    heard: Heard
    intent: str
    confidence: float
    before: Verdict
    after: Verdict


@dataclass(frozen=True, slots=True)
class Tuning:
    """Thresholds, what they give on the questions they were fitted on, and what they change."""

    thresholds: Thresholds
    wrong: Share
    refused: Share
    flips: tuple[Flip, ...]


def tune(heard: Sequence[Heard], current: Thresholds, budget: float) -> Tuning:
    """
    Return thresholds with at most ``budget`` of wrong answers among the messages of ``heard``.

    Messages that ask several things, and turns of a dialogue that others explain, do not count.

    Raises:
        InputError: there are too few messages to fit anything on.
    """
    single = [each for each in heard if not each.case.several and each.turn < 2]
    if len(single) < FEWEST:
        raise InputError(
            f"Only {len(single)} of the messages ask one thing by themselves; thresholds need at "
            f"least {FEWEST}, better several hundred."
        )
    counts = _counts(single)
    found = current.by_intent
    for rate in RATES:
        found = _at_rate(counts, rate)
        if _wrong(single, found) <= budget * len(single):
            break
    else:
        found = dict.fromkeys(counts, NEVER)
    fitted = replace(current, by_intent=dict(sorted(found.items())))
    return Tuning(fitted, *_shares(single, fitted), tuple(_flips(single, current, fitted)))


def _counts(heard: Sequence[Heard]) -> Counts:
    """For each intent how many right and wrong answers each threshold of the grid gives."""
    rows: dict[str, tuple[Floats, Floats]] = {}
    grid = np.array(GRID)
    for each in heard:
        if (guess := _guess(each)) is None:
            continue
        intent, confidence = guess
        right, wrong = rows.setdefault(intent, (np.zeros(len(GRID)), np.zeros(len(GRID))))
        judged = verdict(each.case, each.hearing.guess)
        (wrong if judged == "wrong" else right)[grid <= confidence] += 1
    return rows


def _at_rate(counts: Counts, rate: float) -> dict[str, float]:
    """Return for each intent the threshold that is worth most at ``rate`` right for a wrong."""
    answered = max(1.0, sum(float(right[0] + wrong[0]) for right, wrong in counts.values()))
    pooled = sum(
        (right - rate * wrong for right, wrong in counts.values()), start=np.zeros(len(GRID))
    )
    found = {}
    for intent, (right, wrong) in counts.items():
        worth = right - rate * wrong + POOLED * pooled / answered
        best = int(np.argmax(np.round(worth, 6)))
        found[intent] = GRID[best] if worth[best] > 0 else NEVER
    return found


def _wrong(heard: Sequence[Heard], found: Mapping[str, float]) -> int:
    judged = (_judged(each, Thresholds(1.0, NEVER, NEVER, 0.0, found)) for each in heard)
    return sum(each == "wrong" for each in judged)


def _shares(heard: Sequence[Heard], thresholds: Thresholds) -> tuple[Share, Share]:
    judged = [_judged(each, thresholds) for each in heard]
    covered = [
        given for given, each in zip(judged, heard, strict=True) if each.case.intent not in REFUSING
    ]
    return (
        Share("wrong answers", judged.count("wrong"), len(judged), "low"),
        Share("covered questions refused", covered.count("refused"), len(covered), "low"),
    )


def _flips(heard: Iterable[Heard], before: Thresholds, after: Thresholds) -> Iterable[Flip]:
    for each in heard:
        if guess := _guess(each):
            was, becomes = _judged(each, before), _judged(each, after)
            if was != becomes:
                yield Flip(each, *guess, was, becomes)


def _judged(heard: Heard, thresholds: Thresholds) -> Verdict:
    guess = _guess(heard)
    unsure = guess and guess[1] < thresholds.answers_from(guess[0])
    return verdict(heard.case, () if unsure else heard.hearing.guess)


def _guess(heard: Heard) -> tuple[str, float] | None:
    """Return what would be answered and how sure that is; None: nothing, or a refusal."""
    first = heard.hearing.guess[0] if heard.hearing.guess else None
    if first is None or first.intent in REFUSING:
        return None
    return first.intent, first.confidence
