"""
Training the matcher: a logistic regression, its temperature and its thresholds.

Everything is fitted on the known questions alone.  Thresholds come from cross-validation, as
what a head says of questions that it was trained on is worth nothing.
scikit-learn is imported here and nowhere else; answering does without it.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from supportbot.understanding.encoder import Encoder
from supportbot.understanding.fitting import (
    NEVER,
    UNFITTED,
    WRONG_BUDGET,
    LeftOut,
    Numbers,
    Sample,
    thresholds_within,
)
from supportbot.understanding.head import similarities, weight_of
from supportbot.understanding.letters import BUCKETS, Letters
from supportbot.understanding.lexicon import Lexicon
from supportbot.understanding.model import Model, Thresholds
from supportbot.understanding.neighbours import Floats, Neighbours
from supportbot.understanding.quantised import Quantised
from supportbot.understanding.reserve import is_reserved
from supportbot.understanding.spelling import KnownQuestions
from supportbot.understanding.text import tidy
from supportbot.understanding.topics import REFUSING, Topic

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

INVERSE_REGULARISATION: Final = 30.0
WORD_WEIGHT: Final = 0.6
LETTER_REGULARISATION: Final = 1.0
LETTER_WEIGHT: Final = 4.0
"""What a margin of 1 of the letters adds to a topic's score."""
NOTHING: Final[Floats] = np.empty((0, 0), dtype=np.float32)
NO_LETTERS: Final = Letters(np.empty(0, dtype=np.float32))
FOLDS: Final = 5
SEED: Final = 7

ITERATIONS: Final = 100
TOLERANCE: Final = 1e-3

ENOUGH_WORDS: Final = 30
"""Questions of a topic: with fewer, what words tell is chance (cross-validated on BANKING77)."""

MOST_TOPICS: Final = 1_000
"""Of more topics the head is not fitted: that takes hours, and memory by the gigabyte."""
MOST_SCORES: Final = 20_000_000
FEWEST_ASKED: Final = 500
"""Of very many topics only some questions are left out and asked: scores fill the memory."""

ENOUGH_UNSEEN: Final = 300
"""With fewer questions that the encoder has not seen, those that it may have seen serve, too."""

Progress = Callable[[int, int], None]


def train(
    topics: Sequence[Topic], encoder: Encoder | None, progress: Progress | None = None
) -> Model:
    """
    Return a model of ``topics``; a minute for ten thousand questions.

    ``progress`` is told how many questions have been encoded, and of how many.  Without an
    encoder the model knows its questions to the letter only.
    """
    ordered = sorted((t for t in topics if t.asked_as), key=lambda topic: topic.slug)
    asked = tuple(tidy(question) for topic in ordered for question in topic.asked_as)
    owners = [number for number, topic in enumerate(ordered) for _ in topic.asked_as]
    titles = [tidy(topic.title) for topic in ordered]  # they are offered to choose from
    names = tuple(Topic(topic.slug, topic.intent, topic.title) for topic in ordered)
    lexicon, known = (
        Lexicon.of(asked),
        KnownQuestions.of((*asked, *titles), (*owners, *range(len(titles)))),
    )
    texts = tuple(map(lexicon.mend, asked))
    if encoder is None or len({*owners}) < 2:
        unfitted = Quantised.of(NOTHING)
        return Model(
            names,
            "",
            lexicon,
            known,
            None,
            NOTHING,
            unfitted,
            NO_LETTERS,
            unfitted,
            NOTHING,
            NEVER,
            {},
        )
    unseen = unseen_by(encoder, asked)
    sample = sample_of(names, texts, encoded(texts, encoder, progress), owners, unseen)
    everything = np.arange(len(texts))
    weights, bias = fit_head(sample, everything, lexicon)
    letters = Letters.of(texts)
    letter_weights, letter_bias = fit_letters(sample, everything, letters)
    thresholds, report = fit_thresholds(sample)
    return Model(
        topics=names,
        encoder=encoder.name,
        lexicon=lexicon,
        known=known,
        neighbours=Neighbours.of(sample.vectors, owners),
        weights=np.ascontiguousarray(weights[:, : encoder.dimension]),
        word_weights=Quantised.of(weights[:, encoder.dimension :].T * WORD_WEIGHT),
        letters=letters if letter_weights.size else NO_LETTERS,
        letter_weights=Quantised.of(letter_weights),
        bias=bias + letter_bias,
        thresholds=thresholds,
        report=report,
    )


def unseen_by(encoder: Encoder, questions: Sequence[str]) -> NDArray[np.bool_]:
    """
    Mark the questions that ``encoder`` cannot have been fine-tuned on.

    Of so few that nothing could be fitted on those, all are marked: they are another knowledge
    than the one that the encoder was fine-tuned on, or nearly so.
    """
    one_in = encoder.reserved_one_in
    marks = np.array([one_in is None or is_reserved(each, one_in) for each in questions])
    return marks if np.count_nonzero(marks) >= ENOUGH_UNSEEN else np.ones(len(questions), bool)


def fit_thresholds(sample: Sample) -> tuple[Thresholds, dict[str, float]]:
    """Cross-validate; return the thresholds, and what they gave on questions left out."""
    left_out = _left_out(sample)
    if not left_out.rows.size:
        return UNFITTED, {}
    return thresholds_within(left_out, sample, WRONG_BUDGET)


def _left_out(sample: Sample) -> LeftOut:
    """Ask heads about questions that neither they nor the encoder have seen."""
    fold_of = _folds(sample)
    asked = np.flatnonzero(fold_of >= 0)
    most = max(FEWEST_ASKED, MOST_SCORES // len(sample.intents))
    if len(asked) > most:
        asked = np.sort(np.random.default_rng(SEED).choice(asked, most, replace=False))
    place = np.full(len(sample.y), -1, dtype=np.int64)
    place[asked] = np.arange(len(asked))
    scores = np.zeros((len(asked), len(sample.intents)))
    nearest = np.zeros(len(asked), dtype=np.float32)
    for fold in range(FOLDS):
        seen = np.flatnonzero(fold_of != fold)
        rows = np.flatnonzero((fold_of == fold) & (place >= 0))
        if not rows.size:
            continue
        lexicon = Lexicon.of([sample.texts[row] for row in seen])
        weights, bias = fit_head(sample, seen, lexicon)
        linear = np.tile(bias, (len(rows), 1))
        if weights.size:
            linear += head_scores(sample, rows, lexicon, weights)
            linear += letter_scores(sample, seen, rows)
        near = Neighbours.of(sample.vectors[seen], sample.y[seen])
        similar = similarities(near, sample.vectors[rows], linear, thorough=not weights.size)
        scores[place[rows]] = linear + weight_of(fitted=bool(weights.size)) * similar
        nearest[place[rows]] = similar.max(axis=1)
    return LeftOut(asked, scores, nearest)


def _folds(sample: Sample) -> Numbers:
    """
    Deal each topic's questions out to the folds; -1 for one that has no like.

    Those that the encoder has not seen are one fold, and the only one, if there are enough.
    """
    y, unseen = sample.y, sample.unseen
    folds = np.full(len(y), -1, dtype=np.int64)
    if not unseen.all():
        folds[unseen & np.isin(y, y[~unseen])] = 0
        return folds
    shuffle = np.random.default_rng(SEED)
    for topic in np.unique(y):
        rows = shuffle.permutation(np.flatnonzero(y == topic))
        if len(rows) > 1:
            folds[rows] = np.arange(len(rows)) % FOLDS
    return folds


def fit_head(sample: Sample, rows: Numbers, lexicon: Lexicon) -> tuple[Floats, Floats]:
    """
    Return weights and biases, a row for each topic; weights are empty for many topics.

    Every topic has a question in ``rows``.
    """
    if len(sample.intents) > MOST_TOPICS:
        return NOTHING, np.zeros(len(sample.intents), dtype=np.float32)
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=ITERATIONS, tol=TOLERANCE)
    telling = lexicon if len(rows) >= ENOUGH_WORDS * len(sample.intents) else None
    fitted.fit(_design(sample, rows, telling), sample.y[rows])
    weights, bias = fitted.coef_, fitted.intercept_
    if len(weights) == 1:  # of two topics, scikit-learn scores the second against zero
        weights, bias = np.vstack([0 * weights, weights]), np.append(0, bias)
    return weights.astype(np.float32), bias.astype(np.float32)


def fit_letters(sample: Sample, rows: Numbers, letters: Letters) -> tuple[Floats, Floats]:
    """Return weights, a row for each bucket, and biases; weights are empty for many topics."""
    if len(sample.intents) > MOST_TOPICS:
        return NOTHING, np.zeros(len(sample.intents), dtype=np.float32)
    from sklearn.svm import LinearSVC

    fitted = LinearSVC(C=LETTER_REGULARISATION, random_state=SEED)
    fitted.fit(_letter_design(sample, rows, letters), sample.y[rows])
    weights, bias = fitted.coef_, fitted.intercept_
    if len(weights) == 1:  # of two topics, scikit-learn scores the second against zero
        weights, bias = np.vstack([0 * weights, weights]), np.append(0, bias)
    scaled = np.ascontiguousarray(weights.T * LETTER_WEIGHT, dtype=np.float32)
    return scaled, (bias * LETTER_WEIGHT).astype(np.float32)


def letter_scores(sample: Sample, seen: Numbers, rows: Numbers) -> Floats:
    """Score ``rows`` by the letters of the questions ``seen``."""
    letters = Letters.of([sample.texts[row] for row in seen])
    weights, bias = fit_letters(sample, seen, letters)
    scores: Floats = (
        _letter_design(sample, rows, letters) @ weights + bias if weights.size else bias
    )
    return scores


def _letter_design(sample: Sample, rows: Numbers, letters: Letters) -> "csr_matrix":
    return _sparse([letters.features(sample.texts[row]) for row in rows], BUCKETS)


def _sparse(rows: Sequence[tuple[Numbers, Floats]], width: int) -> "csr_matrix":
    from scipy.sparse import csr_matrix

    starts = np.cumsum([0, *(len(numbers) for numbers, _ in rows)])
    columns = np.concatenate([numbers for numbers, _ in rows])
    values = np.concatenate([found for _, found in rows])
    return csr_matrix((values, columns, starts), shape=(len(rows), width), dtype=np.float32)


def head_scores(sample: Sample, rows: Numbers, lexicon: Lexicon, weights: Floats) -> Floats:
    """Score ``rows`` by a head's weights, which may have columns for the lexicon's words."""
    has_words = weights.shape[1] > sample.vectors.shape[1]
    scores: Floats = _design(sample, rows, lexicon if has_words else None) @ weights.T
    return scores


def _design(sample: Sample, rows: Numbers, lexicon: Lexicon | None) -> "csr_matrix":
    """Vectors and words side by side, one row for each question."""
    from scipy.sparse import csr_matrix, hstack

    if lexicon is None:
        return csr_matrix(sample.vectors[rows])
    words = _sparse([lexicon.features(sample.texts[row]) for row in rows], len(lexicon.rarity))
    return hstack([csr_matrix(sample.vectors[rows]), WORD_WEIGHT * words]).tocsr()


def sample_of(
    topics: Sequence[Topic],
    texts: tuple[str, ...],
    vectors: Floats,
    owners: Sequence[int] | Numbers,
    unseen: NDArray[np.bool_],
) -> Sample:
    """Put the arrays of ``texts`` together; ``owners`` has the number of each one's topic."""
    names = sorted({topic.intent for topic in topics})
    return Sample(
        texts=texts,
        vectors=vectors,
        y=np.array(owners, dtype=np.int64),
        intents=np.array([names.index(topic.intent) for topic in topics], dtype=np.int64),
        refusing=np.array([name in REFUSING for name in names]),
        unseen=unseen,
    )


def encoded(texts: Sequence[str], encoder: Encoder, progress: Progress | None) -> Floats:
    """Return a row for each text, telling ``progress`` on the way."""
    rows = np.empty((len(texts), encoder.dimension), dtype=np.float32)
    for start in range(0, len(texts), 32):
        rows[start : start + 32] = encoder.encode(texts[start : start + 32])
        if progress:
            progress(min(start + 32, len(texts)), len(texts))
    return rows
