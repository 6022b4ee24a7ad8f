"""
How likely each topic is: a linear head over the vector and the words, calibrated.

What is decided is the intent, as several topics may share one; ``Reading`` sums up.
Probabilities are rounded before they are compared, so that kernels that differ in the last
bits still give the same answer; ties go to the intent's name, then the slug.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from supportbot.understanding.model import Model
from supportbot.understanding.neighbours import Floats
from supportbot.understanding.topics import Topic

FloatType = TypeVar("FloatType", np.float32, np.float64)

KEPT: Final = 256
"""So many topics and intents are told of; the others are too unlikely to matter."""
NEIGHBOUR_WEIGHT: Final = 8.0
"""What a similarity of 1 adds to a topic's score; cross-validated, and flat around its best."""


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
    vectors = np.stack([vector for _, vector in seen])
    near = similarities(model, vectors)
    scores = np.stack([_scores(model, text, vector) for text, vector in seen])
    likely = softmax((scores + NEIGHBOUR_WEIGHT * near) / model.thresholds.temperature)
    return reading(model, likely.mean(axis=0), round(float(near.max()), 2))


def similarities(model: Model, vectors: Floats) -> Floats:
    """Return, for each vector, the similarity of the nearest known question of each topic."""
    if model.neighbours is None:
        return np.zeros((len(vectors), len(model.topics)), dtype=np.float32)
    return model.neighbours.similarities(vectors)


def softmax(scores: NDArray[FloatType]) -> NDArray[FloatType]:
    """Return probabilities, row by row."""
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    likely: NDArray[FloatType] = odds / odds.sum(axis=1, keepdims=True)
    return likely


def _scores(model: Model, text: str, vector: Floats) -> Floats:
    scores: Floats = model.weights @ vector + model.bias
    features = model.lexicon.features(text)
    if features:
        values = np.array(list(features.values()), dtype=np.float32)
        scores = scores + values @ model.word_weights[list(features)]
    buckets, values = model.letters.features(text)
    return scores + values @ model.letter_weights[buckets] if buckets.size else scores


def reading(model: Model, likely: Floats, similarity: float) -> Reading:
    """Sum the topics' probabilities for each intent, and put the likeliest of both in order."""
    ranking = model.ranking
    summed = np.bincount(ranking.intent_of, weights=likely, minlength=len(ranking.intents))
    intents = np.round(summed * 100).astype(np.int16)
    topics = np.round(likely[ranking.order] * 10_000).astype(np.int16)
    told = [(ranking.order[n], int(topics[n]) / 10_000) for n in _likeliest(topics)]
    of_told = {int(ranking.intent_of[n]) for n, _ in told}
    return Reading(
        intents=tuple(
            (ranking.intents[n], int(intents[n]) / 100)
            for n in _likeliest(intents)
            if n in of_told  # so that each has a topic to tell
        ),
        topics=tuple((model.topics[n], share) for n, share in told),
        nearest=similarity,
    )


def _likeliest(shares: NDArray[np.int16]) -> list[int]:
    """Return the places of the largest, equals in their order; a sort by radix for int16."""
    best: list[int] = np.argsort(-shares, kind="stable")[:KEPT].tolist()
    return best
