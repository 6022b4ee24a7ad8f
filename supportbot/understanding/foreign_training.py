"""
Training for messages in other languages: from English questions and some of each language.

The encoder puts languages side by side, so English questions teach most of it.  Thresholds
are fitted on the others alone, by cross-validation, and to a tighter budget: a customer who
is answered in a language that is not theirs sees a mistake less easily.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from supportbot.understanding.encoder import Encoder
from supportbot.understanding.fitting import (
    UNFITTED,
    LeftOut,
    Numbers,
    Sample,
    thresholds_within,
)
from supportbot.understanding.head import NEIGHBOUR_WEIGHT, similarities
from supportbot.understanding.letters import Letters
from supportbot.understanding.lexicon import Lexicon
from supportbot.understanding.model import Model
from supportbot.understanding.neighbours import Floats, Neighbours
from supportbot.understanding.quantised import Quantised
from supportbot.understanding.spelling import KnownQuestions
from supportbot.understanding.text import tidy
from supportbot.understanding.topics import Topic
from supportbot.understanding.training import (
    FOLDS,
    SEED,
    Progress,
    encoded,
    fit_letters,
    letter_scores,
    sample_of,
)

INVERSE_REGULARISATION: Final = 10.0
ABROAD_WEIGHT: Final = 8.0
"""A question in another language teaches as much as so many in English."""
HEAD_WEIGHT: Final = 0.3
"""The head's and the letters' share beside the nearest questions, which tell more here."""
ENGLISH_EACH: Final = 250
"""English questions of each topic that teach; more add time, and little else."""
WRONG_BUDGET: Final = 0.01
"""By the one label that a question has; some of these would be as right by another."""
NEEDLESS_BUDGET: Final = 0.02
NO_WORDS: Final = Lexicon({}, frozenset(), {})


def train_foreign(
    topics: Sequence[Topic], encoder: Encoder, progress: Progress | None = None
) -> Model | None:
    """
    Return a model for other languages; None: no topic has questions in any.

    ``progress`` is told how many questions have been encoded, and of how many.
    """
    taught = [topic for topic in topics if topic.asked_as or topic.asked_abroad]
    ordered = sorted(taught, key=lambda topic: topic.slug)
    if sum(len(topic.asked_abroad) for topic in ordered) < FOLDS or len(ordered) < 2:
        return None
    asked = [
        (tidy(question), number, abroad)
        for number, topic in enumerate(ordered)
        for abroad, questions in ((False, _some(topic.asked_as)), (True, topic.asked_abroad))
        for question in questions
    ]
    texts, owners, abroad = (list(column) for column in zip(*asked, strict=True))
    vectors = encoded(texts, encoder, progress)
    sample = sample_of(ordered, tuple(texts), vectors, owners, np.array(abroad))
    everything = np.arange(len(texts))
    weights, bias = _fit(sample, everything)
    letters = Letters.of(texts)
    letter_weights, letter_bias = fit_letters(sample, everything, letters)
    left_out = _left_out(sample)
    fitted = (
        thresholds_within(left_out, sample, WRONG_BUDGET, NEEDLESS_BUDGET)
        if left_out.rows.size
        else (UNFITTED, {})
    )
    return Model(
        topics=tuple(Topic(topic.slug, topic.intent, topic.title) for topic in ordered),
        encoder=encoder.name,
        lexicon=NO_WORDS,
        known=KnownQuestions({}, frozenset()),
        neighbours=Neighbours.of(vectors, owners),
        weights=weights * HEAD_WEIGHT,
        word_weights=Quantised.of(np.empty((0, 0), dtype=np.float32)),
        letters=letters,
        letter_weights=Quantised.of(letter_weights * HEAD_WEIGHT),
        bias=(bias + letter_bias) * HEAD_WEIGHT,
        thresholds=fitted[0],
        report=fitted[1],
    )


def _some(questions: Sequence[str]) -> list[str]:
    """Return ``ENGLISH_EACH`` of the questions, spread evenly."""
    step = max(1.0, len(questions) / ENGLISH_EACH)
    return [questions[int(n * step)] for n in range(min(len(questions), ENGLISH_EACH))]


def _left_out(sample: Sample) -> LeftOut:
    """Ask about each foreign question a model that has not seen it."""
    abroad = np.flatnonzero(sample.unseen)
    fold_of = np.full(len(sample.y), -1, dtype=np.int64)
    fold_of[abroad] = np.random.default_rng(SEED).permutation(len(abroad)) % FOLDS
    scores = np.zeros((len(sample.y), len(sample.intents)))
    nearest = np.zeros(len(sample.y), dtype=np.float32)
    for fold in range(FOLDS):
        rows, seen = np.flatnonzero(fold_of == fold), np.flatnonzero(fold_of != fold)
        weights, bias = _fit(sample, seen)
        linear = sample.vectors[rows] @ weights.T + bias + letter_scores(sample, seen, rows)
        near = Neighbours.of(sample.vectors[seen], sample.y[seen])
        linear = HEAD_WEIGHT * linear
        similar = similarities(near, sample.vectors[rows], linear, thorough=True)
        scores[rows] = linear + NEIGHBOUR_WEIGHT * similar
        nearest[rows] = similar.max(axis=1)
    return LeftOut(abroad, scores[abroad], nearest[abroad])


def _fit(sample: Sample, rows: Numbers) -> tuple[Floats, Floats]:
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=200, tol=1e-3)
    importance = np.where(sample.unseen[rows], ABROAD_WEIGHT, 1.0)
    fitted.fit(sample.vectors[rows], sample.y[rows], sample_weight=importance)
    weights, bias = fitted.coef_, fitted.intercept_
    if len(weights) == 1:  # of two topics, scikit-learn scores the second against zero
        weights, bias = np.vstack([0 * weights, weights]), np.append(0, bias)
    return weights.astype(np.float32), bias.astype(np.float32)
