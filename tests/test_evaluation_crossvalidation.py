"""Cross-validation: no question is asked of a matcher that has seen it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from supportbot.evaluation.crossvalidation import Fold, alike, cross_validate, deal
from supportbot.evaluation.examples import Floats, KnownExamples, Remembering
from supportbot.settings import read_settings
from supportbot.understanding.encoder import Encoder
from supportbot.understanding.lexicon import Lexicon
from supportbot.understanding.model import Model
from supportbot.understanding.reserve import is_reserved
from supportbot.understanding.text import tidy
from supportbot.understanding.topics import Topic
from supportbot.understanding.training import train
from supportbot.wiring import open_encoder, open_library, topics_of
from tests.small_knowledge import ARTICLES, QUESTIONS, small_knowledge


@pytest.fixture(scope="module")
def topics() -> tuple[Topic, ...]:
    """A few topics with reserved questions: those that it was trained on the encoder all knows."""
    known = topics_of(open_library(read_settings({}, env_file=None)))
    return tuple(
        replace(topic, asked_as=tuple(filter(is_reserved, topic.asked_as))[:QUESTIONS])
        for topic in known
        if topic.slug in ARTICLES
    )


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    found = open_encoder(read_settings({}, env_file=None))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def taught() -> list[tuple[Topic, ...]]:
    """What the matchers of the folds below were taught."""
    return []


@pytest.fixture(scope="module")
def folds(
    topics: tuple[Topic, ...], encoder: Encoder, taught: list[tuple[Topic, ...]]
) -> tuple[Fold, ...]:
    def learn(kept: Sequence[Topic], encoder: Encoder) -> Model:
        taught.append(tuple(kept))
        return train(kept, encoder)

    return cross_validate(topics, encoder, 2, learn=learn)


def test_every_known_question_is_asked_once(
    topics: tuple[Topic, ...], folds: tuple[Fold, ...]
) -> None:
    asked = Counter(each.case.text for fold in folds for each in fold.heard)

    assert asked == Counter(question for topic in topics for question in topic.asked_as)


def test_a_matcher_has_not_seen_what_it_is_asked(
    folds: tuple[Fold, ...], taught: list[tuple[Topic, ...]]
) -> None:
    for fold, kept in zip(folds, taught, strict=True):
        seen = {question for topic in kept for question in topic.asked_as}

        assert not seen & {each.case.text for each in fold.heard}


def test_it_understands_most_of_them_all_the_same(folds: tuple[Fold, ...]) -> None:
    heard = [each for fold in folds for each in fold.heard]
    missed = [miss for fold in folds for miss in fold.missed]

    assert 0 < len(missed) < len(heard) / 2


def test_an_error_is_explained_by_a_question_that_the_matcher_had_seen(
    folds: tuple[Fold, ...], taught: list[tuple[Topic, ...]]
) -> None:
    for fold, kept in zip(folds, taught, strict=True):
        seen = {question for topic in kept for question in topic.asked_as}
        named = {miss.misled_by.text for miss in fold.missed if miss.misled_by}

        assert named
        assert named <= seen


def test_no_text_is_encoded_twice(encoder: Encoder) -> None:
    asked = Counter[str]()

    class Counting:
        name, dimension = encoder.name, encoder.dimension
        reserved_one_in = None

        def encode(self, texts: Sequence[str]) -> Floats:
            asked.update(texts)
            return encoder.encode(texts)

    memory = Remembering(Counting())

    first = memory.encode(["one", "two", "one"])
    again = memory.encode(["two", "one"])

    assert set(asked.values()) == {1}
    assert (first[:2] == again[::-1]).all()


def test_wordings_that_are_all_but_the_same_are_one_group() -> None:
    near = np.array([[1, 0], [0, 1], [0.999, 0.0447], [0, 1], [0.6, 0.8]], dtype=np.float32)

    groups = alike(["a", "b", "c", "d", "B!"], near)

    assert groups.tolist() == [0, 1, 0, 1, 1]


def test_groups_stay_whole_and_topics_are_spread_evenly() -> None:
    owners = ["one"] * 10 + ["two"] * 10
    groups = np.array([0, 0, *range(2, 20)])

    dealt = deal(owners, groups, 5)

    assert dealt[0] == dealt[1]
    assert max(Counter(dealt[10:].tolist()).values()) == 2
    assert (deal(owners, groups, 5) == dealt).all()


def test_the_nearest_known_question_is_found_among_the_topics_named(
    topics: tuple[Topic, ...], encoder: Encoder
) -> None:
    asked = [tidy(question) for topic in topics for question in topic.asked_as]
    known = KnownExamples(topics, encoder, Lexicon.of(asked))
    expiry = next(topic for topic in topics if topic.slug == "credit-expiry")

    found = known.nearest(expiry.asked_as[0], ["credit-expiry"])

    assert found is not None
    assert (found.text, found.similarity) == (expiry.asked_as[0], 1.0)
    assert known.vectors["credit-expiry"].shape[0] == len(expiry.asked_as) <= QUESTIONS
    assert known.nearest("anything", ["no-such-topic"]) is None


def test_the_small_knowledge_is_small(tmp_path: Path) -> None:
    assert len(list(small_knowledge(tmp_path / "k").glob("faq/*.md"))) == 8
