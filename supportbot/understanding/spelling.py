"""
Questions that are known to the letter, or but for a typo.

The quick way in front of the encoder.  It must not decide anything that a letter can turn:
a negation, a figure, or one real word for another ("credit" for "debit").
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from rapidfuzz import fuzz, process

from supportbot.understanding.text import normalise

RATIO: Final = 90.0
ALONE: Final = 93.0
"""Without an encoder, ``token_set_ratio`` decides, from here on."""
SHORTEST: Final = 8
LONGEST: Final = 50
"""
Characters: in a shorter text one letter is too large a part; a longer one is hardly ever typed
twice, and the encoder reads it in spite of a typo.
"""

NEGATIONS: Final = frozenset(
    (
        *("no", "not", "never", "none", "nothing", "without", "cannot", "nor", "neither", "unable"),
        *("stop", "stopped", "disable", "disabled", "off", "except", "cancel", "remove"),
    )
)


@dataclass(frozen=True, slots=True)
class KnownQuestions:
    """Known questions in normal form, and the number of the topic that each one asks about."""

    exact: dict[str, int]
    vocabulary: frozenset[str]
    _by_shape: dict[tuple[int, int], list[str]] = field(init=False, repr=False)
    _run_together: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Sort by words and length: texts that differ in that cannot be the same but for typos."""
        shapes: dict[tuple[int, int], list[str]] = defaultdict(list)
        typeable = [text for text in self.exact if SHORTEST <= len(text) <= LONGEST]
        for text in typeable:
            shapes[text.count(" "), len(text)].append(text)
        joined = {text.replace(" ", ""): text for text in typeable}
        object.__setattr__(self, "_by_shape", dict(shapes))
        object.__setattr__(self, "_run_together", joined)

    @classmethod
    def of(cls, texts: Sequence[str], owners: Sequence[int]) -> Self:
        """``owners`` are the topics' numbers; a text that two topics claim is left out."""
        claimed: dict[str, set[int]] = {}
        for text, owner in zip(map(normalise, texts), owners, strict=True):
            claimed.setdefault(text, set()).add(owner)
        exact = {text: min(by) for text, by in claimed.items() if text and len(by) == 1}
        return cls(exact, frozenset(word for text in claimed for word in text.split()))

    def find(self, text: str) -> int | None:
        """Return the topic of the known question that ``text`` is, typos aside."""
        wanted = normalise(text)
        owner = self.exact.get(wanted)
        if owner is not None or not SHORTEST <= len(wanted) <= LONGEST:
            return owner
        run_together = self._run_together.get(wanted.replace(" ", ""))
        if run_together is not None:
            return self.exact[run_together]
        if self.vocabulary.issuperset(wanted.split()):  # then nothing in it is a typo
            return None
        hit = process.extractOne(wanted, self._alike(wanted), scorer=fuzz.ratio, score_cutoff=RATIO)
        if hit is None or not self._same_but_for_typos(wanted, hit[0]):
            return None
        return self.exact[hit[0]]

    def _alike(self, wanted: str) -> list[str]:
        """Return the texts of as many words that can reach ``RATIO`` by their length."""
        least, spaces, length = RATIO / (200 - RATIO), wanted.count(" "), len(wanted)
        lengths = range(math.ceil(length * least), math.floor(length / least) + 1)
        return [text for each in lengths for text in self._by_shape.get((spaces, each), ())]

    def find_alone(self, text: str) -> int | None:
        """Like ``find``, for when there is no encoder: the words may stand in another order."""
        wanted = normalise(text)
        hits = process.extract(
            wanted, self.exact.keys(), scorer=fuzz.token_set_ratio, score_cutoff=ALONE, limit=5
        )
        near = [hit for hit, _, _ in hits if _alike(wanted.split(), hit.split())]
        owners = {self.exact[hit] for hit in near}
        return owners.pop() if len(owners) == 1 else None

    def nearest(self, text: str) -> tuple[int, ...]:
        """Return the topics of the questions whose words are most alike; for suggestions."""
        hits = process.extract(
            normalise(text), self.exact.keys(), scorer=fuzz.token_set_ratio, limit=6
        )
        return tuple(dict.fromkeys(self.exact[hit] for hit, _, _ in hits))

    def _same_but_for_typos(self, wanted: str, known: str) -> bool:
        asked, had = wanted.split(), known.split()
        if turning(asked) != turning(had):
            return False
        differing = (one for one, other in zip(asked, had, strict=True) if one != other)
        return all(word not in self.vocabulary for word in differing)


def turning(tokens: Iterable[str]) -> frozenset[str]:
    """Return the words that turn a question into another: negations and figures."""
    return frozenset(
        "not" if word.endswith("n't") else word
        for word in tokens
        if word in NEGATIONS or word.endswith("n't") or any(c.isdigit() for c in word)
    )


def _alike(asked: list[str], had: list[str]) -> bool:
    """Whether neither text says much that the other does not."""
    if turning(asked) != turning(had):
        return False
    shared = len(set(asked) & set(had))
    return shared >= 3 and shared >= 0.6 * max(len(set(asked)), len(set(had)))
