"""
Cross-validation of the knowledge base: each known question, heard by a matcher that has not
seen it, nor another wording that is all but the same.

Everything is learnt anew for each fold, thresholds and words included; only vectors, which
depend on their text alone, are kept.  A fine-tuned encoder has seen most of the questions, so
only those that were kept from it are asked; the others are left out, too, but not counted.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from supportbot.conversation import Context
from supportbot.evaluation.cases import Case
from supportbot.evaluation.examples import Floats, KnownExamples, Miss, Remembering, misses
from supportbot.evaluation.hearing import Ears, Heard, Progress
from supportbot.understanding.encoder import Encoder
from supportbot.understanding.lexicon import Lexicon
from supportbot.understanding.model import Model, Thresholds
from supportbot.understanding.text import normalise, tidy
from supportbot.understanding.topics import Topic
from supportbot.understanding.training import train, unseen_by

SEED: Final = 7
THE_SAME: Final = 0.95
"""Questions whose vectors are so similar stay in the same fold."""

Train = Callable[[Sequence[Topic], Encoder], Model]


@dataclass(frozen=True, slots=True)
class Fold:
    """What one matcher made of the questions kept from it, and its errors."""

    heard: tuple[Heard, ...]
    missed: tuple[Miss, ...]
    thresholds: Thresholds


def cross_validate(
    topics: Sequence[Topic],
    encoder: Encoder,
    folds: int,
    progress: Progress | None = None,
    learn: Train = train,
) -> tuple[Fold, ...]:
    """Hear every known question once; ``progress`` is told how many steps are done."""
    memory = Remembering(encoder)
    asked = [(topic, question) for topic in topics for question in topic.asked_as]
    tell = progress or (lambda done, of: None)
    vectors = _encoded([tidy(question) for _, question in asked], memory, tell)
    groups = alike([question for _, question in asked], vectors)
    dealt = deal([topic.slug for topic, _ in asked], groups, folds)
    marks = unseen_by(memory, [tidy(question) for _, question in asked]).tolist()
    fair = frozenset(each for (_, each), mark in zip(asked, marks, strict=True) if mark)
    return tuple(_folds(topics, dealt, memory, fair, tell, learn))


def alike(questions: Sequence[str], vectors: Floats) -> NDArray[np.int64]:
    """Return a group's number for each question; all but the same have the same number."""
    group = np.arange(len(questions))
    first: dict[str, int] = {}
    for number, text in enumerate(map(normalise, questions)):
        same = np.flatnonzero(vectors[: number + 1] @ vectors[number] >= THE_SAME)
        joined = {int(group[each]) for each in (*same, first.setdefault(text, number))}
        joined.add(int(group[number]))
        if len(joined) > 1:
            group[: number + 1][np.isin(group[: number + 1], list(joined))] = min(joined)
    return group


def deal(owners: Sequence[str], groups: NDArray[np.int64], folds: int) -> NDArray[np.int64]:
    """Return a fold for each question: groups whole, and each topic spread evenly."""
    random = np.random.default_rng(SEED)
    dealt = np.zeros(len(owners), dtype=np.int64)
    of_topic: dict[str, list[int]] = {}
    for group in np.unique(groups).tolist():  # a group is numbered after its first question
        of_topic.setdefault(owners[group], []).append(group)
    position = 0
    for own in of_topic.values():
        for group in random.permutation(own).tolist():
            dealt[groups == group] = position % folds
            position += 1
    return dealt


def _folds(
    topics: Sequence[Topic],
    dealt: NDArray[np.int64],
    memory: Remembering,
    fair: frozenset[str],
    tell: Progress,
    learn: Train,
) -> Iterator[Fold]:
    """Ask the questions that are ``fair``, each of a matcher that has not seen it."""
    folds = int(dealt.max()) + 1
    for fold in range(folds):
        tell(fold, folds)
        kept, left_out = _cut(topics, dealt == fold)
        asked = tuple(case for case in left_out if case.text in fair)
        yield _fold(kept, asked, learn(kept, memory), memory)
    tell(folds, folds)


def _cut(
    topics: Sequence[Topic], out: NDArray[np.bool_]
) -> tuple[tuple[Topic, ...], tuple[Case, ...]]:
    """Part the questions; ``out`` says of each, topic after topic, whether it is left out."""
    kept: list[Topic] = []
    left_out: list[Case] = []
    start = 0
    for topic in topics:
        marks = out[start : start + len(topic.asked_as)].tolist()
        start += len(topic.asked_as)
        pairs = list(enumerate(zip(topic.asked_as, marks, strict=True), 1))
        kept.append(replace(topic, asked_as=tuple(text for _, (text, mark) in pairs if not mark)))
        left_out += [
            Case(f"{topic.slug}, question {number}", text, (topic.intent,))
            for number, (text, mark) in pairs
            if mark
        ]
    return tuple(kept), tuple(left_out)


def _fold(kept: Sequence[Topic], left_out: Sequence[Case], model: Model, encoder: Encoder) -> Fold:
    ears = Ears.of(model, encoder)
    heard = tuple(Heard(case, ears.hear(case.text, Context())) for case in left_out)
    lexicon: Lexicon = model.lexicon
    return Fold(heard, misses(heard, KnownExamples(kept, encoder, lexicon)), model.thresholds)


def _encoded(texts: Sequence[str], memory: Remembering, tell: Progress) -> Floats:
    rows: list[Floats] = []
    for start in range(0, len(texts), 32):
        rows.append(memory.encode(texts[start : start + 32]))
        tell(min(start + 32, len(texts)), len(texts))
    return np.concatenate(rows)
