"""
Fitting thresholds: the lowest whose mistakes stay within a budget, on questions left out.

Probabilities are made honest first, by a temperature.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from supportbot.understanding.head import softmax
from supportbot.understanding.model import Thresholds
from supportbot.understanding.neighbours import Floats

Numbers = NDArray[np.int64]

WRONG_BUDGET: Final = 0.065
"""Answers about the wrong thing, as a share of all questions left out."""
NEEDLESS_BUDGET: Final = 0.045
"""Covered questions taken for not covered, likewise."""
FAR_QUANTILE: Final = 0.002
"""The share of covered questions that may be as far from their like as a stranger."""
LOWEST_ANSWER: Final = 50
LOWEST_REFUSAL: Final = 25
"""Per cent: below, a reading is a guess whatever the budget says."""
NEVER: Final = Thresholds(1.0, 1.01, 1.01, 0.0)
UNFITTED: Final = Thresholds(temperature=1.0, answer=0.6, refuse=0.6, far=0.3)
"""For so few questions that none can be left out."""


@dataclass(frozen=True, slots=True)
class Sample:
    """
    The known questions as arrays; ``y`` holds topics' numbers, ``intents`` maps them on.

    ``unseen`` marks the questions that the encoder was not fine-tuned on.
    """

    texts: tuple[str, ...]
    vectors: Floats
    y: Numbers
    intents: Numbers
    refusing: NDArray[np.bool_]
    unseen: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """
    What heads say of questions that they have not seen.

    ``rows`` are the questions' numbers; a row of ``scores`` is over the topics.
    """

    rows: Numbers
    scores: NDArray[np.float64]
    nearest: Floats


def thresholds_within(
    left_out: LeftOut,
    sample: Sample,
    wrong_budget: float,
    needless_budget: float = NEEDLESS_BUDGET,
) -> tuple[Thresholds, dict[str, float]]:
    """Return the lowest thresholds whose mistakes stay within the budgets, and what they gave."""
    truth = sample.intents[sample.y[left_out.rows]]
    covered = ~sample.refusing[truth]
    temperature = _temperature(left_out.scores, truth, sample)
    by_intent = _by_intent(left_out.scores, temperature, sample)
    found = by_intent.argmax(axis=1)
    refused, right = sample.refusing[found], found == truth
    no_answer = by_intent[:, sample.refusing].sum(axis=1)
    likely = np.where(refused, no_answer, by_intent.max(axis=1))
    wrong, needless = ~refused & ~right, refused & covered
    answer = _lowest_within_budget(likely, wrong, wrong_budget * len(truth), LOWEST_ANSWER)
    refuse = _lowest_within_budget(likely, needless, needless_budget * len(truth), LOWEST_REFUSAL)
    far = float(np.quantile(left_out.nearest[covered], FAR_QUANTILE)) if covered.any() else 0.0
    understood = likely >= np.where(refused, refuse, answer)
    return Thresholds(temperature, answer, refuse, round(far, 2)), {
        "questions": float(len(truth)),
        "right": round(float((understood & right).mean()), 4),
        "wrong_answers": round(float((understood & wrong).mean()), 4),
        "needless_refusals": round(float((understood & needless).mean()), 4),
        "unsure": round(float((~understood).mean()), 4),
    }


def _temperature(scores: NDArray[np.float64], truth: Numbers, sample: Sample) -> float:
    """Return the temperature at which the intents' probabilities are most honest."""

    def surprise(temperature: float) -> float:
        likely = _by_intent(scores, temperature, sample)[np.arange(len(truth)), truth]
        return float(-np.log(np.maximum(likely, 1e-9)).mean())

    return min((round(0.5 + 0.05 * step, 2) for step in range(41)), key=surprise)


def _by_intent(
    scores: NDArray[np.float64], temperature: float, sample: Sample
) -> NDArray[np.float64]:
    likely = softmax(scores / temperature)
    summed = np.zeros((len(likely), len(sample.refusing)))
    for topic, intent in enumerate(sample.intents):
        summed[:, intent] += likely[:, topic]
    return summed


def _lowest_within_budget(
    likely: NDArray[np.float64], wrong: NDArray[np.bool_], budget: float, lowest: int
) -> float:
    """Return the lowest threshold at which no more than ``budget`` mistakes pass."""
    for percent in range(lowest, 100):
        if np.count_nonzero(wrong & (likely >= percent / 100)) <= budget:
            return percent / 100
    return 1.0
