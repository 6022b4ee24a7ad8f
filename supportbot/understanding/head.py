"""
How likely each topic is: a linear head over the vector and the words, calibrated.

What is decided is the intent, as several topics may share one; ``Reading`` sums up.
Probabilities are rounded before they are compared, so that kernels that differ in the last
bits still give the same answer; ties go to the intent's name, then the slug.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from supportbot.understanding.model import Floats, Model
from supportbot.understanding.topics import Topic


@dataclass(frozen=True, slots=True)
class Reading:
    """
    What the head makes of one text.

    ``intents`` and ``topics`` are the likeliest first, with their probabilities to two and
    four decimals; ``nearest`` is the similarity of the nearest known question.
    """

    intents: tuple[tuple[str, float], ...]
    topics: tuple[tuple[Topic, float], ...]
    nearest: float

    @property
    def intent(self) -> str:
        """The likeliest intent."""
        return self.intents[0][0]

    @property
    def confidence(self) -> float:
        """The probability of the likeliest intent."""
        return self.intents[0][1]

    def best_of(self, intent: str) -> Topic:
        """Return the likeliest topic of ``intent``."""
        return next(topic for topic, _ in self.topics if topic.intent == intent)


def read(model: Model, seen: Sequence[tuple[str, Floats]]) -> Reading:
    """
    Return what a text, already tidy and mended, is about.

    ``seen`` has it with its vector; several wordings of the same text weigh the same.
    """
    likely = np.mean([probabilities(model, text, vector) for text, vector in seen], axis=0)
    return reading(model.topics, likely, max(nearest(model, vector) for _, vector in seen))


def probabilities(model: Model, text: str, vector: Floats) -> Floats:
    """Return the calibrated probability of each topic."""
    dimension = vector.shape[0]
    scores = model.weights[:, :dimension] @ vector + model.bias
    for number, value in model.lexicon.features(text).items():
        scores = scores + model.weights[:, dimension + number] * value
    scaled = scores / model.thresholds.temperature
    odds = np.exp(scaled - scaled.max())
    likely: Floats = odds / odds.sum()
    return likely


def nearest(model: Model, vector: Floats) -> float:
    """Return the cosine similarity of the known question that is nearest."""
    return round(float((model.vectors @ vector).max(initial=0.0)), 2)


def reading(topics: Sequence[Topic], likely: Floats, similarity: float) -> Reading:
    """Sum the topics' probabilities for each intent, and put both in order."""
    by_intent: dict[str, float] = defaultdict(float)
    for topic, value in zip(topics, likely.tolist(), strict=True):
        by_intent[topic.intent] += value
    intents = ((name, round(value, 2)) for name, value in by_intent.items())
    ranked = ((topic, round(v, 4)) for topic, v in zip(topics, likely.tolist(), strict=True))
    return Reading(
        intents=tuple(sorted(intents, key=lambda item: (-item[1], item[0]))),
        topics=tuple(sorted(ranked, key=lambda item: (-item[1], item[0].intent, item[0].slug))),
        nearest=similarity,
    )
