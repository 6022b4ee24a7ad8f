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
from supportbot.understanding.lexicon import Lexicon
from supportbot.understanding.model import Model
from supportbot.understanding.spelling import KnownQuestions
from supportbot.understanding.text import tidy
from supportbot.understanding.topics import Topic
from supportbot.understanding.training import (
    FOLDS,
    NO_LETTERS,
    SEED,
    Progress,
    encoded,
    sample_of,
)

INVERSE_REGULARISATION: Final = 10.0
ENGLISH_EACH: Final = 60
"""English questions of each topic that teach; more add time, and little else."""
WRONG_BUDGET: Final = 0.01
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
    weights, bias = _fit(sample, np.arange(len(texts)))
    left_out = _left_out(sample)
    fitted = (
        thresholds_within(left_out, sample, WRONG_BUDGET) if left_out.rows.size else (UNFITTED, {})
    )
    return Model(
        topics=tuple(Topic(topic.slug, topic.intent, topic.title) for topic in ordered),
        encoder=encoder.name,
        lexicon=NO_WORDS,
        known=KnownQuestions({}, frozenset()),
        neighbours=None,
        weights=weights,
        word_weights=np.empty((0, 0), dtype=np.float32),
        letters=NO_LETTERS,
        letter_weights=np.empty((0, 0), dtype=np.float32),
        bias=bias,
        thresholds=fitted[0],
        report=fitted[1],
    )


def _some(questions: Sequence[str]) -> list[str]:
    """Return ``ENGLISH_EACH`` of the questions, spread evenly."""
    step = max(1.0, len(questions) / ENGLISH_EACH)
    return [questions[int(n * step)] for n in range(min(len(questions), ENGLISH_EACH))]


def _left_out(sample: Sample) -> LeftOut:
    """Ask about each foreign question a head that has not seen it."""
    abroad = np.flatnonzero(sample.unseen)
    fold_of = np.full(len(sample.y), -1, dtype=np.int64)
    fold_of[abroad] = np.random.default_rng(SEED).permutation(len(abroad)) % FOLDS
    scores = np.full((len(sample.y), len(sample.intents)), -np.inf)
    for fold in range(FOLDS):
        rows, seen = np.flatnonzero(fold_of == fold), np.flatnonzero(fold_of != fold)
        weights, bias = _fit(sample, seen)
        scores[rows] = sample.vectors[rows] @ weights.T + bias
    return LeftOut(abroad, scores[abroad], np.zeros(len(abroad), dtype=np.float32))


def _fit(sample: Sample, rows: Numbers) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=200, tol=1e-3)
    fitted.fit(sample.vectors[rows], sample.y[rows])
    weights = np.zeros((len(sample.intents), sample.vectors.shape[1]), dtype=np.float32)
    bias = np.full(len(sample.intents), -1e4, dtype=np.float32)
    two = len(fitted.classes_) == 2  # of two topics, scikit-learn scores the second against zero
    weights[fitted.classes_] = np.vstack([0 * fitted.coef_, fitted.coef_]) if two else fitted.coef_
    bias[fitted.classes_] = np.append(0, fitted.intercept_) if two else fitted.intercept_
    return weights, bias
