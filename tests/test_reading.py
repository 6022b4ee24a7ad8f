"""What a reading tells: the likeliest first, equals by name, and only so many."""

from dataclasses import replace

import numpy as np
import pytest

from supportbot.understanding.adopted import SHIPPED_ENCODER
from supportbot.understanding.encoder import OnnxEncoder
from supportbot.understanding.head import KEPT, reading
from supportbot.understanding.model import Model
from supportbot.understanding.topics import Topic
from supportbot.understanding.training import train
from tests.matching_samples import TOPICS


@pytest.fixture(scope="module")
def model() -> Model:
    return train(TOPICS, OnnxEncoder.open(SHIPPED_ENCODER))


def with_topics(model: Model, topics: tuple[Topic, ...]) -> Model:
    return replace(model, topics=topics)


def test_intents_add_up_their_topics(model: Model) -> None:
    topics = (Topic("a", "refusal", "A"), Topic("b", "refusal", "B"), Topic("c", "answer", "C"))

    found = reading(with_topics(model, topics), np.array([0.3, 0.25, 0.45], np.float32), 0.5)

    assert found.intents == (("refusal", 0.55), ("answer", 0.45))
    assert found.best_of("refusal").slug == "a"
    assert (found.intent, found.confidence, found.nearest) == ("refusal", 0.55, 0.5)


def test_equals_are_told_by_name(model: Model) -> None:
    topics = (Topic("z", "late", "Z"), Topic("m", "early", "M"), Topic("b", "early", "B"))

    found = reading(with_topics(model, topics), np.array([0.5, 0.25, 0.25], np.float32), 0.5)

    assert [name for name, _ in found.intents] == ["early", "late"]
    assert [topic.slug for topic, _ in found.topics] == ["z", "b", "m"]


def test_of_thousands_of_topics_only_the_likeliest_are_told(model: Model) -> None:
    topics = tuple(Topic(f"t{n}", f"i{n}", f"T{n}") for n in range(5_000))
    likely = np.full(5_000, 0.5 / 4_999, np.float32)
    likely[4_321] = 0.5

    found = reading(with_topics(model, topics), likely, 0.5)

    assert found.intents[0] == ("i4321", 0.5)
    assert len(found.topics) == KEPT
    assert 1 <= len(found.intents) <= KEPT


def test_every_intent_that_is_told_has_a_topic_to_tell(model: Model) -> None:
    topics = tuple(Topic(f"t{n:04}", f"i{n // 2 % 2_000}", f"T{n}") for n in range(5_000))

    found = reading(with_topics(model, topics), np.full(5_000, 1 / 5_000, np.float32), 0.5)

    assert all(found.best_of(intent).intent == intent for intent, _ in found.intents)
