"""Thousands of articles: learnt in seconds, and matched none the worse."""

import zlib
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from supportbot.conversation import Context
from supportbot.understanding.matcher import Matcher
from supportbot.understanding.topics import Topic
from supportbot.understanding.training import MOST_TOPICS, train

THINGS = ("lamp", "boat", "violin", "ladder", "kettle", "tractor", "mirror", "pillow")


class WordEncoder:
    """An encoder that knows nothing but which words stand in a text."""

    name = "words@1"
    dimension = 256
    reserved_one_in = None

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([self._row(text) for text in texts])

    def _row(self, text: str) -> NDArray[np.float32]:
        row = np.full(self.dimension, 1e-3, dtype=np.float32)
        for word in text.casefold().strip("?").split():
            row += (
                np.random.default_rng(zlib.crc32(word.encode()))
                .standard_normal(self.dimension)
                .astype(np.float32)
            )
        return row / np.linalg.norm(row)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    topics = [
        Topic(
            f"{thing}-{number}",
            f"{thing}_{number}",
            f"{thing} {number}",
            (f"repair {thing} model m{number}", f"m{number} {thing} broken"),
        )
        for number in range(MOST_TOPICS // len(THINGS) + 20)
        for thing in THINGS
    ]
    assert len(topics) > MOST_TOPICS
    return Matcher(train(topics, WordEncoder()), WordEncoder())


@pytest.mark.parametrize("number", [0, 77, 131])
@pytest.mark.parametrize("thing", ["lamp", "violin"])
def test_a_question_in_new_words_finds_its_article(
    matcher: Matcher, thing: str, number: int
) -> None:
    match = matcher.match(f"broken {thing} m{number} needs repair", Context())

    offered = [each.topic for each in match.heard] or list(match.suggestions)
    assert offered[0] == f"{thing}-{number}"


def test_a_known_question_is_known_to_the_letter(matcher: Matcher) -> None:
    match = matcher.match("Repair boat model m12?", Context())

    assert [(each.topic, each.confidence) for each in match.heard] == [("boat-12", 0.99)]
