"""
A larger encoder teaches the one that ships.

The larger one, too slow to answer with, is fine-tuned on the same questions first.  What it
then makes of them is the lesson, and what it makes of texts without a label, of which there can
be any number: questions run together, as in a long message, and questions that lack words.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from supportbot.understanding.encoder import MAX_TOKENS, load_sentence_transformer
from supportbot.understanding.fine_tuning import (
    Lesson,
    Progress,
    Recipe,
    encoded,
    fine_tune,
)

TEACHERS_EPOCHS: Final = 3
TEACHERS: Final = Recipe(learning_rate=3e-5)
PUPILS: Final = Recipe(epochs=3, learning_rate=8e-5)
"""After five epochs the pupil answers more about the wrong thing than after three."""
JOINED: Final = 0.5
THINNED: Final = 0.5
"""Of each kind so many texts for each question."""
LONGEST_JOINED: Final = 160
"""Characters: longer questions are not run together with others."""
MOST_LEFT_OUT: Final = 0.3


def lesson(
    teacher: Path,
    texts: Sequence[str],
    labels: Sequence[int],
    more: Sequence[str] = (),
    progress: Progress | None = None,
) -> Lesson:
    """
    Fine-tune the model in the folder ``teacher`` and return what it makes of ``texts`` and others.

    ``more`` are texts without a label, from anywhere.

    Raises:
        EncoderUnavailable: the model cannot be loaded.
        InputError: there are too few questions.
    """
    model = load_sentence_transformer(str(teacher))
    model.max_seq_length = MAX_TOKENS
    epochs = TEACHERS.at_least(TEACHERS_EPOCHS, len(texts))
    fine_tune(model, texts, labels, replace(TEACHERS, epochs=epochs), progress)
    read = (*texts, *practice(texts, TEACHERS.seed), *more)
    return Lesson(read, encoded(model, read))


def practice(texts: Sequence[str], seed: int) -> tuple[str, ...]:
    """Return texts like those that customers write, made of ``texts``."""
    random = np.random.default_rng(seed)
    short = [text for text in texts if len(text) < LONGEST_JOINED] or list(texts)
    joined = [
        " ".join(_ended(short[n]) for n in random.integers(len(short), size=random.integers(2, 4)))
        for _ in range(int(JOINED * len(texts)))
    ]
    thinned = [
        " ".join(word for word in text.split() if random.random() > share)
        for text, share in zip(
            (texts[n] for n in random.integers(len(texts), size=int(THINNED * len(texts)))),
            random.uniform(0.1, MOST_LEFT_OUT, size=int(THINNED * len(texts))),
            strict=True,
        )
    ]
    return tuple(text for text in (*joined, *thinned) if len(text.split()) > 2)


def _ended(text: str) -> str:
    return text if text[-1] in ".?!" else f"{text}."
