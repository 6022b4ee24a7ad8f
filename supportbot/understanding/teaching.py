"""
A larger encoder teaches a smaller one.

The larger one, too slow to answer with, is fine-tuned on the same questions first.  What it
then makes of them is the lesson, and what it makes of texts without a label, of which there can
be any number: questions run together, as in a long message, and questions that lack words.  The
smaller one is what remains of it without some of its layers (``shortening``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from supportbot.errors import EncoderUnavailable
from supportbot.understanding.encoder import MAX_TOKENS, load_sentence_transformer
from supportbot.understanding.fine_tuning import (
    Lesson,
    Progress,
    Recipe,
    encoded,
    fine_tune,
)
from supportbot.understanding.weights import Origin

TEACHERS: Final = Recipe(fewest_epochs=3, learning_rate=3e-5)
PUPILS: Final = Recipe(fewest_epochs=3, learning_rate=6e-5)
"""After five epochs a pupil answers more about the wrong thing than after three."""
PRACTICE_SEED: Final = 7
JOINED: Final = 0.5
THINNED: Final = 0.5
"""Of each kind so many texts for each question."""
LONGEST_JOINED: Final = 160
"""Characters: longer questions are not run together with others."""
LEAST_LEFT_OUT: Final = 0.1
MOST_LEFT_OUT: Final = 0.3
"""The share of the words that is missing."""
WEIGHTS: Final = "model.safetensors"
LAYERS: Final = 8
"""Of all-mpnet-base-v2's twelve."""


@dataclass(frozen=True, slots=True)
class Teacher:
    """
    A larger model, by its folder.

    ``texts`` are from anywhere and have no label; what it makes of them is in the lesson, too.
    By ``recipe`` it is fine-tuned first; None: it teaches as it is.  ``layers`` of it answer.
    """

    folder: Path
    texts: tuple[str, ...] = ()
    recipe: Recipe | None = TEACHERS
    layers: int = LAYERS

    def origin(self) -> Origin:
        """
        Say which model it is.

        Raises:
            EncoderUnavailable: there are none in one file.
        """
        weights = self.folder / WEIGHTS
        if not weights.is_file():
            raise EncoderUnavailable(
                f"{self.folder} cannot teach, as it has no {WEIGHTS}: give the folder of a "
                "sentence-transformers model whose weights are in one file."
            )
        return Origin.of(self.folder)

    def prepared(
        self, texts: Sequence[str], labels: Sequence[int], progress: Progress | None = None
    ) -> Any:  # noqa: ANN401 -- the class is in an extra
        """
        Return the model, a SentenceTransformer, fine-tuned on ``texts``.

        Raises:
            EncoderUnavailable: the model cannot be loaded.
            InputError: there are too few questions.
        """
        model = load_sentence_transformer(str(self.folder))
        model.max_seq_length = MAX_TOKENS
        if self.recipe:
            fine_tune(model, texts, labels, self.recipe, progress)
        return model

    def lesson(self, model: Any, texts: Sequence[str]) -> Lesson:  # noqa: ANN401
        """Return what the ``prepared`` model makes of ``texts``, and of others."""
        read = (*texts, *practice(texts, PRACTICE_SEED), *self.texts)
        return Lesson(read, encoded(model, read))


def practice(texts: Sequence[str], seed: int) -> tuple[str, ...]:
    """Return texts like those that customers write, made of ``texts``."""
    random = np.random.default_rng(seed)
    thin = int(THINNED * len(texts))
    short = [text for text in texts if len(text) < LONGEST_JOINED] or list(texts)
    joined = [
        " ".join(_ended(short[n]) for n in random.integers(len(short), size=random.integers(2, 4)))
        for _ in range(int(JOINED * len(texts)))
    ]
    thinned = [
        " ".join(word for word in text.split() if random.random() > share)
        for text, share in zip(
            (texts[n] for n in random.integers(len(texts), size=thin)),
            random.uniform(LEAST_LEFT_OUT, MOST_LEFT_OUT, size=thin),
            strict=True,
        )
    ]
    return tuple(text for text in (*joined, *thinned) if len(text.split()) > 2)


def _ended(text: str) -> str:
    return text if text[-1] in ".?!" else f"{text}."
