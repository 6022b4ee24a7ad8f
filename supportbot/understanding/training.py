"""
Training the matcher: a logistic regression, its temperature and its thresholds.

Everything is fitted on the known questions alone.  Thresholds come from cross-validation, as
what a head says of questions that it was trained on is worth nothing.
scikit-learn is imported here and nowhere else; answering does without it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from supportbot.understanding.encoder import Encoder
from supportbot.understanding.lexicon import Lexicon
from supportbot.understanding.model import Floats, Model, Thresholds
from supportbot.understanding.spelling import KnownQuestions
from supportbot.understanding.text import tidy
from supportbot.understanding.topics import REFUSING, Topic

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

INVERSE_REGULARISATION: Final = 30.0
WORD_WEIGHT: Final = 0.6
FOLDS: Final = 5
SEED: Final = 7

WRONG_BUDGET: Final = 0.05
NEVER: Final = Thresholds(1.0, 1.01, 1.01, 0.0)

Progress = Callable[[int, int], None]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sample:
    """The known questions as arrays; ``y`` holds topics' numbers, ``intents`` maps them on."""

    texts: tuple[str, ...]
    vectors: Floats
    y: Numbers
    intents: Numbers
    refusing: NDArray[np.bool_]


def train(
    topics: Sequence[Topic], encoder: Encoder | None, progress: Progress | None = None
) -> Model:
    """
    Return a model of ``topics``; seconds for thousands of questions.

    ``progress`` is told how many questions have been encoded, and of how many.  Without an
    encoder the model knows its questions to the letter only.
    """
    ordered = sorted(topics, key=lambda topic: topic.slug)
    texts = tuple(tidy(question) for topic in ordered for question in topic.asked_as)
    owners = [number for number, topic in enumerate(ordered) for _ in topic.asked_as]
    names = tuple(Topic(topic.slug, topic.intent, topic.title) for topic in ordered)
    lexicon, known = Lexicon.of(texts), KnownQuestions.of(texts, owners)
    if encoder is None or len({*owners}) < 2:
        none = np.empty((0, 0), dtype=np.float32)
        y, bias = np.array(owners, dtype=np.int16), np.empty(0, dtype=np.float32)
        return Model(names, "", lexicon, known, none, y, none, bias, NEVER, {})
    sample = _sample(names, texts, _encoded(texts, encoder, progress), owners)
    weights, bias = _fit(sample, np.arange(len(texts)), lexicon)
    thresholds, report = fit_thresholds(sample)
    return Model(
        topics=names,
        encoder=encoder.name,
        lexicon=lexicon,
        known=known,
        vectors=sample.vectors,
        owners=np.array(owners, dtype=np.int16),
        weights=weights,
        bias=bias,
        thresholds=thresholds,
        report=report,
    )


def fit_thresholds(sample: Sample) -> tuple[Thresholds, dict[str, float]]:
    """Cross-validate; return the thresholds, and what they gave on questions left out."""
    raise NotImplementedError


def _sample(
    topics: Sequence[Topic], texts: tuple[str, ...], vectors: Floats, owners: Sequence[int]
) -> Sample:
    names = sorted({topic.intent for topic in topics})
    return Sample(
        texts=texts,
        vectors=vectors,
        y=np.array(owners, dtype=np.int64),
        intents=np.array([names.index(topic.intent) for topic in topics], dtype=np.int64),
        refusing=np.array([name in REFUSING for name in names]),
    )


def _encoded(texts: Sequence[str], encoder: Encoder, progress: Progress | None) -> Floats:
    rows = np.empty((len(texts), encoder.dimension), dtype=np.float32)
    for start in range(0, len(texts), 32):
        rows[start : start + 32] = encoder.encode(texts[start : start + 32])
        if progress:
            progress(min(start + 32, len(texts)), len(texts))
    return rows
