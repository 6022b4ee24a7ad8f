"""
Training the matcher: a logistic regression, its temperature and its thresholds.

Everything is fitted on the known questions alone.  Thresholds come from cross-validation, as
what a head says of questions that it was trained on is worth nothing.
scikit-learn is imported here and nowhere else; answering does without it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from supportbot.understanding.encoder import Encoder
from supportbot.understanding.head import NEIGHBOUR_WEIGHT, softmax
from supportbot.understanding.lexicon import Lexicon
from supportbot.understanding.model import Model, Thresholds
from supportbot.understanding.neighbours import Floats, Neighbours
from supportbot.understanding.spelling import KnownQuestions
from supportbot.understanding.text import tidy
from supportbot.understanding.topics import REFUSING, Topic

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

INVERSE_REGULARISATION: Final = 30.0
WORD_WEIGHT: Final = 0.6
FOLDS: Final = 5
SEED: Final = 7

ITERATIONS: Final = 100
TOLERANCE: Final = 1e-3

WRONG_BUDGET: Final = 0.065
"""Answers about the wrong thing, as a share of all questions left out."""
NEEDLESS_BUDGET: Final = 0.045
"""Covered questions taken for not covered, likewise."""
FAR_QUANTILE: Final = 0.002
"""The share of covered questions that may be as far from their like as a stranger."""
LOWEST: Final = 25
"""Per cent: below, a reading is a guess whatever the budget says."""
NEVER: Final = Thresholds(1.0, 1.01, 1.01, 0.0)
UNFITTED: Final = Thresholds(temperature=1.0, answer=0.6, refuse=0.6, far=0.3)
"""For so few questions that none can be left out."""

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


@dataclass(frozen=True, slots=True)
class LeftOut:
    """
    What heads say of questions that they have not seen.

    ``rows`` are the questions' numbers; a row of ``scores`` is over the topics.
    """

    rows: Numbers
    scores: NDArray[np.float64]
    nearest: Floats


def train(
    topics: Sequence[Topic], encoder: Encoder | None, progress: Progress | None = None
) -> Model:
    """
    Return a model of ``topics``; seconds for thousands of questions.

    ``progress`` is told how many questions have been encoded, and of how many.  Without an
    encoder the model knows its questions to the letter only.
    """
    ordered = sorted((t for t in topics if t.asked_as), key=lambda topic: topic.slug)
    asked = tuple(tidy(question) for topic in ordered for question in topic.asked_as)
    owners = [number for number, topic in enumerate(ordered) for _ in topic.asked_as]
    names = tuple(Topic(topic.slug, topic.intent, topic.title) for topic in ordered)
    lexicon, known = Lexicon.of(asked), KnownQuestions.of(asked, owners)
    texts = tuple(map(lexicon.mend, asked))
    if encoder is None or len({*owners}) < 2:
        none = np.empty((0, 0), dtype=np.float32)
        return Model(names, "", lexicon, known, None, none, none, none, NEVER, {})
    sample = _sample(names, texts, _encoded(texts, encoder, progress), owners)
    weights, bias = _fit(sample, np.arange(len(texts)), lexicon)
    thresholds, report = fit_thresholds(sample)
    return Model(
        topics=names,
        encoder=encoder.name,
        lexicon=lexicon,
        known=known,
        neighbours=Neighbours.of(sample.vectors, owners),
        weights=np.ascontiguousarray(weights[:, : encoder.dimension]),
        word_weights=np.ascontiguousarray(weights[:, encoder.dimension :].T) * WORD_WEIGHT,
        bias=bias,
        thresholds=thresholds,
        report=report,
    )


def fit_thresholds(sample: Sample) -> tuple[Thresholds, dict[str, float]]:
    """Cross-validate; return the thresholds, and what they gave on questions left out."""
    left_out = _left_out(sample)
    if not left_out.rows.size:
        return UNFITTED, {}
    truth = sample.intents[sample.y[left_out.rows]]
    covered = ~sample.refusing[truth]
    temperature = _temperature(left_out.scores, truth, sample)
    by_intent = _by_intent(left_out.scores, temperature, sample)
    found = by_intent.argmax(axis=1)
    refused, right = sample.refusing[found], found == truth
    no_answer = by_intent[:, sample.refusing].sum(axis=1)
    likely = np.where(refused, no_answer, by_intent.max(axis=1))
    wrong, needless = ~refused & ~right, refused & covered
    answer = _lowest_within_budget(likely, wrong, WRONG_BUDGET * len(truth))
    refuse = _lowest_within_budget(likely, needless, NEEDLESS_BUDGET * len(truth))
    far = float(np.quantile(left_out.nearest[covered], FAR_QUANTILE)) if covered.any() else 0.0
    understood = likely >= np.where(refused, refuse, answer)
    return Thresholds(temperature, answer, refuse, round(far, 2)), {
        "questions": float(len(truth)),
        "right": round(float((understood & right).mean()), 4),
        "wrong_answers": round(float((understood & wrong).mean()), 4),
        "needless_refusals": round(float((understood & needless).mean()), 4),
        "unsure": round(float((~understood).mean()), 4),
    }


def _left_out(sample: Sample) -> LeftOut:
    """Ask heads about questions that they have not seen."""
    fold_of = _folds(sample.y)
    scores = np.zeros((len(sample.y), len(sample.intents)))
    nearest = np.zeros(len(sample.y), dtype=np.float32)
    for fold in range(FOLDS):
        rows, seen = np.flatnonzero(fold_of == fold), np.flatnonzero(fold_of != fold)
        if not rows.size:
            continue
        lexicon = Lexicon.of([sample.texts[row] for row in seen])
        weights, bias = _fit(sample, seen, lexicon)
        linear = _design(sample, rows, lexicon) @ weights.T + bias
        near = Neighbours.of(sample.vectors[seen], sample.y[seen])
        similar = near.similarities(sample.vectors[rows])
        scores[rows] = linear + NEIGHBOUR_WEIGHT * similar
        nearest[rows] = similar.max(axis=1)
    asked = np.flatnonzero(fold_of >= 0)
    return LeftOut(asked, scores[asked], nearest[asked])


def _folds(y: Numbers) -> Numbers:
    """Deal each topic's questions out to the folds; -1 for one that has no like."""
    folds = np.full(len(y), -1, dtype=np.int64)
    shuffle = np.random.default_rng(SEED)
    for topic in np.unique(y):
        rows = shuffle.permutation(np.flatnonzero(y == topic))
        if len(rows) > 1:
            folds[rows] = np.arange(len(rows)) % FOLDS
    return folds


def _fit(sample: Sample, rows: Numbers, lexicon: Lexicon) -> tuple[Floats, Floats]:
    """Return weights and biases, a row for each topic; every topic has a question in ``rows``."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=ITERATIONS, tol=TOLERANCE)
    fitted.fit(_design(sample, rows, lexicon), sample.y[rows])
    weights, bias = fitted.coef_, fitted.intercept_
    if len(weights) == 1:  # of two topics, scikit-learn scores the second against zero
        weights, bias = np.vstack([0 * weights, weights]), np.append(0, bias)
    return weights.astype(np.float32), bias.astype(np.float32)


def _design(sample: Sample, rows: Numbers, lexicon: Lexicon) -> "csr_matrix":
    """Vectors and words side by side, one row for each question."""
    from scipy.sparse import csr_matrix, hstack

    features = [lexicon.features(sample.texts[row]) for row in rows]
    starts = np.cumsum([0, *map(len, features)])
    columns = [number for row in features for number in row]
    values = [value * WORD_WEIGHT for row in features for value in row.values()]
    shape = (len(rows), len(lexicon.rarity))
    word_part = csr_matrix((values, columns, starts), shape=shape, dtype=np.float32)
    return hstack([csr_matrix(sample.vectors[rows]), word_part]).tocsr()


def _temperature(scores: NDArray[np.float64], truth: Numbers, sample: Sample) -> float:
    """Return the temperature at which the intents' probabilities are most honest."""

    def surprise(temperature: float) -> float:
        likely = _by_intent(scores, temperature, sample)[np.arange(len(truth)), truth]
        return float(-np.log(np.maximum(likely, 1e-9)).mean())

    return min((round(0.5 + 0.05 * step, 2) for step in range(41)), key=surprise)


def _by_intent(
    scores: NDArray[np.float64], temperature: float, sample: Sample
) -> NDArray[np.float64]:
    member = np.eye(len(sample.refusing))[sample.intents]
    summed: NDArray[np.float64] = softmax(scores / temperature) @ member
    return summed


def _lowest_within_budget(
    likely: NDArray[np.float64], wrong: NDArray[np.bool_], budget: float
) -> float:
    """Return the lowest threshold at which no more than ``budget`` mistakes pass."""
    for percent in range(LOWEST, 100):
        if np.count_nonzero(wrong & (likely >= percent / 100)) <= budget:
            return percent / 100
    return 1.0


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
