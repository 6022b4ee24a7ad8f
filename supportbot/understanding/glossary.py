"""
Chinese word for word, in the English words of billing.

That is no translation, and nobody is shown it: it is as much English as the encoder that was
taught our questions needs to tell what a message is about.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from opencc import OpenCC

GLOSSARIES: Final = Path(__file__).parent / "glossaries"
LANGUAGES: Final = frozenset({"zh"})
"""Languages whose words are not set apart and do not change; ISO 639-1."""

_AS_IT_IS: Final = re.compile(r"[^\s\u3400-\u9fff]+")
_MARKS: Final = str.maketrans("，。？！：；（）“”「」、", ',.?!:;()"""",')
_BEFORE_MARK: Final = re.compile(r"\s+(?=[,.?!:;])")


@dataclass(frozen=True, slots=True)
class Glossary:
    """``words`` and the English for each, empty for a particle; ``longest`` counts signs."""

    words: Mapping[str, str]
    longest: int

    @classmethod
    def of(cls, lines: Iterable[str]) -> Self:
        """Read lines like ``top up = 充值 储值``; the first line that has a word counts."""
        words: dict[str, str] = {}
        for line in lines:
            english, _, listed = line.partition("=")
            for word in listed.split():
                words.setdefault(word, english.strip())
        return cls(words, max(map(len, words), default=0))

    def english(self, text: str) -> str:
        """
        Return ``text`` with each word in English, the longest known one first.

        What is in other letters stays; a sign that is in no known word is left out.
        """
        simplified = _converter().convert(text).translate(_MARKS)
        glossed = " ".join(filter(None, self._glossed(simplified)))
        return _BEFORE_MARK.sub("", glossed)

    def _glossed(self, text: str) -> Iterator[str]:
        start = 0
        while start < len(text):
            other = _AS_IT_IS.match(text, start)
            if other:
                yield other[0]
                start = other.end()
                continue
            word = self._longest_at(text, start)
            yield self.words.get(word, "")
            start += len(word)

    def _longest_at(self, text: str, start: int) -> str:
        ends = range(min(len(text), start + self.longest), start, -1)
        known = (text[start:end] for end in ends if text[start:end] in self.words)
        return next(known, text[start])


@cache
def glossary(language: str) -> Glossary | None:
    """Return the words of ``language``; None: there are none."""
    if language not in LANGUAGES:
        return None
    with (GLOSSARIES / f"{language}.txt").open(encoding="utf-8") as lines:
        return Glossary.of(lines)


@cache
def _converter() -> "OpenCC":
    """Return what makes traditional signs simplified; threads may share it."""
    from opencc import OpenCC

    return OpenCC("t2s")
