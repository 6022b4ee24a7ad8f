"""Which known question misled the matcher: the one that an error's message is nearest to."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from supportbot.evaluation.hearing import Heard
from supportbot.evaluation.scoring import is_right
from supportbot.understanding.encoder import Encoder
from supportbot.understanding.lexicon import Lexicon
from supportbot.understanding.text import tidy
from supportbot.understanding.topics import Topic

Floats = NDArray[np.float32]

ROWS_OF: Final = "rows of "


@dataclass(frozen=True, slots=True)
class Example:
    """A known question; ``similarity`` is the cosine to the message, to two decimals."""

    topic: str
    text: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Miss:
    """A message that was not understood as it was meant; ``misled_by`` is None if unknown."""

    heard: Heard
    misled_by: Example | None


class Examples(Protocol):
    """Anything that knows the questions that the matcher was trained on."""

    def nearest(self, text: str, slugs: Sequence[str]) -> Example | None:
        """Return the question of the topics ``slugs`` that is nearest; None: there is none."""


class KnownExamples:
    """Known questions; those of a topic are encoded when they are first asked for."""

    def __init__(
        self,
        topics: Sequence[Topic],
        encoder: Encoder,
        lexicon: Lexicon,
        vectors: Mapping[str, Floats] | None = None,
    ) -> None:
        """
        Texts are read as the matcher reads them: tidied, and mended by ``lexicon``.

        ``vectors`` has the rows of topics whose questions were encoded before.
        """
        self._asked_as: Mapping[str, tuple[str, ...]] = {t.slug: t.asked_as for t in topics}
        self._encoder = encoder
        self._lexicon = lexicon
        self._vectors = dict(vectors or {})

    @property
    def vectors(self) -> Mapping[str, Floats]:
        """The rows of each topic that was asked for."""
        return self._vectors

    def nearest(self, text: str, slugs: Sequence[str]) -> Example | None:
        """Return the question of the topics ``slugs`` that is nearest; None: there is none."""
        vector = self._encode([text])[0]
        found = (
            Example(slug, example, round(float(similarity), 2))
            for slug in slugs
            if self._asked_as.get(slug)
            for example, similarity in zip(
                self._asked_as[slug], self._of(slug) @ vector, strict=True
            )
        )
        return max(found, key=lambda e: (e.similarity, e.topic, e.text), default=None)

    def _of(self, slug: str) -> Floats:
        if slug not in self._vectors:
            self._vectors[slug] = self._encode(self._asked_as[slug])
        return self._vectors[slug]

    def _encode(self, texts: Sequence[str]) -> Floats:
        rows: Floats = self._encoder.encode([self._lexicon.mend(tidy(each)) for each in texts])
        return rows


def read_vectors(path: Path) -> dict[str, Floats]:
    """Read what ``write_vectors`` kept; nothing, if there is nothing of use."""
    try:
        with np.load(path, allow_pickle=False) as parts:
            return {name.removeprefix(ROWS_OF): parts[name] for name in parts.files}
    except Exception:  # zip and array faults share no narrower base; encoding anew mends it
        return {}


def write_vectors(path: Path, vectors: Mapping[str, Floats]) -> None:
    """Keep rows for the next time; a place that cannot be written costs time, no more."""
    rows: dict[str, Any] = {f"{ROWS_OF}{slug}": rows for slug, rows in vectors.items()}
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            np.savez(file, **rows)


class NoExamples:
    """For when there is no encoder, so that nothing is near to anything."""

    def nearest(self, text: str, slugs: Sequence[str]) -> Example | None:
        """Return None."""
        return None


def misses(heard: Sequence[Heard], examples: Examples) -> tuple[Miss, ...]:
    """Return the messages that were not understood as meant, with what misled the matcher."""
    wrong = [each for each in heard if not is_right(each)]
    return tuple(
        Miss(each, examples.nearest(each.hearing.text, each.hearing.near)) for each in wrong
    )


class Remembering:
    """An encoder that encodes no text twice: for training on most of the same texts again."""

    def __init__(self, encoder: Encoder) -> None:
        """Answer for ``encoder``, under its name."""
        self._encoder = encoder
        self._rows: dict[str, Floats] = {}
        self.name = encoder.name
        self.dimension = encoder.dimension
        self.reserved_one_in = encoder.reserved_one_in

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one row for each text."""
        new = [text for text in dict.fromkeys(texts) if text not in self._rows]
        if new:
            self._rows.update(zip(new, self._encoder.encode(new), strict=True))
        return np.stack([self._rows[text] for text in texts])
