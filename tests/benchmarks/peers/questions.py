"""What peers learn, and what they are asked."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from supportbot.errors import InputError
from supportbot.evaluation.cases import Case, read_cases
from supportbot.understanding.topics import Topic

Label = Literal["intent", "topic"]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """The messages of a file that ask one thing each, without a conversation before them."""

    name: str
    cases: tuple[Case, ...]


def read_set(path: Path, topics: Sequence[Topic]) -> QuestionSet:
    """
    Read a file of labelled questions.

    Raises:
        InputError: a line cannot be used, or none is such a message.
    """
    text = path.read_text(encoding="utf-8")
    found = read_cases(text, str(path), {topic.intent for topic in topics})
    single = (cases[0] for cases in found if len(cases) == 1)
    alone = tuple(case for case in single if not case.several)
    if not alone:
        raise InputError(f"{path} has no message that asks one thing without one before it.")
    return QuestionSet(path.stem, alone)


def write_lesson(path: Path, topics: Sequence[Topic], label: Label) -> int:
    """Write what peers learn, an example a line, and return how many there are."""
    lines = [
        json.dumps({"text": text, "label": named(topic, label), "topic": topic.slug})
        for topic in topics
        for text in topic.asked_as
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return len(lines)


def named(topic: Topic, label: Label) -> str:
    """Return what a topic's examples are labelled with."""
    return topic.intent if label == "intent" else topic.slug
