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

from supportbot.understanding.encoder import Encoder
from supportbot.understanding.model import Model
from supportbot.understanding.neighbours import Floats, Neighbours
from supportbot.understanding.topics import Topic

FloatType = TypeVar("FloatType", np.float32, np.float64)
Name = TypeVar("Name")

KEPT: Final = 256
"""So many topics and intents are told of; the others are too unlikely to matter."""
RULED_OUT: Final = 1e-4
"""A wording counts no topic as less likely than that, so that the others can still win."""
NEIGHBOUR_WEIGHT: Final = 8.0
"""What a similarity of 1 adds to a topic's score; cross-validated, and flat around its best."""
ALONE_WEIGHT: Final = 20.0
"""The same where there is no fitted head; the temperature, which is fitted, does the rest."""


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


def read(
    model: Model, encoder: Encoder, wordings: Sequence[str], *, thorough: bool = False
) -> Reading:
    """
    Return what a text, already tidy and mended, is about.

    Several ``wordings`` of it weigh the same, in a geometric mean: all have to bear it out.
    ``encoder`` is the one that ``model`` was trained with.  ``thorough``: the known questions of
    every topic are looked through.
    """
    seen = zip(wordings, encoder.encode(wordings), strict=True)
    found = [_likely(model, text, vector, thorough) for text, vector in seen]
    likely = _geometric_mean([each for each, _ in found]) if found[1:] else found[0][0]
    return reading(model, likely, round(max(nearest for _, nearest in found), 2))


def agreed(model: Model, one: Reading, other: Reading) -> Reading:
    """Put two readings of a message together, as if it had two wordings; ``one`` is ``model``'s."""
    shares = [{topic.slug: share for topic, share in each.topics} for each in (one, other)]
    likely = [
        np.array([each.get(topic.slug, 0.0) for topic in model.topics], dtype=np.float32)
        for each in shares
    ]
    return reading(model, _geometric_mean(likely), one.nearest)


def _likely(model: Model, text: str, vector: Floats, thorough: bool) -> tuple[Floats, float]:
    """Return the topics' probabilities, and the similarity of the nearest known question."""
    scores, nearest, fitted = _scores(model, text, vector), 0.0, bool(model.weights.size)
    if model.neighbours is not None:
        near = nearness(model.neighbours, vector, scores, thorough=thorough or not fitted)
        scores, nearest = scores + weight_of(fitted=fitted) * near, float(near.max())
    return softmax(scores / model.thresholds.temperature), nearest


def _geometric_mean(readings: Sequence[Floats]) -> Floats:
    """Return the geometric mean of probabilities, which sums up to 1 again."""
    return softmax(np.log(np.maximum(readings, RULED_OUT)).mean(axis=0))


def weight_of(*, fitted: bool) -> float:
    """Return what a similarity of 1 adds to a topic's score, beside a fitted head or alone."""
    return NEIGHBOUR_WEIGHT if fitted else ALONE_WEIGHT


def nearness(neighbours: Neighbours, vector: Floats, scores: Floats, *, thorough: bool) -> Floats:
    """
    Return how near each topic is.

    Without a fitted head nothing says where not to look: then it must be ``thorough``.
    """
    return neighbours.all(vector) if thorough else neighbours.near(vector, scores, NEIGHBOUR_WEIGHT)


def similarities(
    neighbours: Neighbours, vectors: Floats, scores: NDArray[FloatType], *, thorough: bool = False
) -> Floats:
    """Return a row of ``nearness`` for each vector, whose ``scores`` are a row, too."""
    rows = zip(vectors, scores.astype(np.float32), strict=True)
    return np.stack([nearness(neighbours, *each, thorough=thorough) for each in rows])


def softmax(scores: NDArray[FloatType]) -> NDArray[FloatType]:
    """Return probabilities, row by row; of one row when it is one."""
    odds = np.exp(scores - scores.max(axis=-1, keepdims=True))
    likely: NDArray[FloatType] = odds / odds.sum(axis=-1, keepdims=True)
    return likely


def _scores(model: Model, text: str, vector: Floats) -> Floats:
    scores: Floats = model.bias + (model.weights @ vector if model.weights.size else 0)
    for table, (numbers, values) in (
        (model.word_weights, model.lexicon.features(text)),
        (model.letter_weights, model.letters.features(text)),
    ):
        if numbers.size and table.steps.size:
            scores = scores + table.weighted(numbers, values)
    return scores


def reading(model: Model, likely: Floats, similarity: float) -> Reading:
    """Sum the topics' probabilities for each intent, and put the likeliest of both in order."""
    ranking = model.ranking
    summed = np.bincount(ranking.intent_of, weights=likely, minlength=len(ranking.intents))
    intents = np.rint(summed * 100).astype(np.int16)
    topics = np.rint(likely[ranking.order] * 10_000).astype(np.int16)
    best, asked = _likeliest(topics), _likeliest(intents)
    told = ranking.order[best]
    if len(topics) > KEPT:
        asked = asked[np.isin(asked, ranking.intent_of[told])]  # so that each has a topic to tell
    return Reading(
        intents=_told(ranking.intents, asked, intents[asked] / 100),
        topics=_told(model.topics, told, topics[best] / 10_000),
        nearest=similarity,
    )


def _told(
    names: Sequence[Name], numbers: NDArray[np.int64], shares: NDArray[np.float64]
) -> tuple[tuple[Name, float], ...]:
    return tuple(zip([names[n] for n in numbers.tolist()], shares.tolist(), strict=True))


def _likeliest(shares: NDArray[np.int16]) -> NDArray[np.int64]:
    """Return the places of the largest, equals in their order; a sort by radix for int16."""
    return (-shares).argsort(kind="stable")[:KEPT]
