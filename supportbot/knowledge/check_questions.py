"""Questions that two articles claim: the matcher could not tell them apart."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
from rapidfuzz import fuzz, process

from supportbot.knowledge.article import Article
from supportbot.knowledge.faults import Fault, Source

NEARLY_THE_SAME: Final = 95  # of 100, over the whole question
_TURNS_THE_SENSE: Final = frozenset(
    ("not", "no", "never", "without", "t", "on", "off", "before", "after", "free", "purchased")
)
_AT_ONCE: Final = 256  # rows of the table of likenesses that are in memory


@dataclass(frozen=True, slots=True)
class _Claim:
    source: Source
    line: int
    written: str
    plain: str


def claimed_twice(read: Iterable[tuple[Source, Article]]) -> Iterator[Fault]:
    """Yield a fault for each question that stands in two places, at the later one."""
    claims = list(chain.from_iterable(_claims(source, article) for source, article in read))
    first: dict[str, _Claim] = {}
    once: list[_Claim] = []
    for claim in claims:
        taken = first.setdefault(claim.plain, claim)
        if taken is claim:
            once.append(claim)
        elif taken.line != taken.source.header_line("title") or taken.source != claim.source:
            yield _fault(claim, taken, "asked")
    for earlier, later in _near_pairs(once):
        yield _fault(later, earlier, "nearly the same as")


def _claims(source: Source, article: Article) -> Iterator[_Claim]:
    """An article's title is its first question; it may be repeated among the others."""
    yield _Claim(source, source.header_line("title"), article.title, _plain(article.title))
    lists = (("asked as", article.asked_as), ("asked in other languages", article.asked_abroad))
    for name, questions in lists:
        for question, line in zip(questions, source.item_lines(name), strict=False):
            yield _Claim(source, line, question, _plain(question))


def _plain(question: str) -> str:
    return re.sub(r"\W+", " ", question.casefold()).strip()


def _near_pairs(claims: Sequence[_Claim]) -> Iterator[tuple[_Claim, _Claim]]:
    texts = [claim.plain for claim in claims]
    for start in range(0, len(texts), _AT_ONCE):
        rows = process.cdist(
            texts[start : start + _AT_ONCE],
            texts[start:],
            scorer=fuzz.ratio,
            score_cutoff=NEARLY_THE_SAME,
            dtype=np.uint8,
        )
        for row, column in np.argwhere(rows):
            earlier, later = claims[start + int(row)], claims[start + int(column)]
            differ = row < column and earlier.source != later.source
            if differ and _same_sense(earlier.plain, later.plain):
                yield earlier, later


def _same_sense(one: str, other: str) -> bool:
    """A single word can turn the sense of a long question that is otherwise the same."""
    return not _TURNS_THE_SENSE & (set(one.split()) ^ set(other.split()))


def _fault(claim: _Claim, taken: _Claim, how: str) -> Fault:
    shown = claim.written if len(claim.written) <= 60 else claim.written[:59] + "…"
    where = f"{taken.source.path}, line {taken.line}"
    if how == "asked":
        problem = f"“{shown}” is asked in {where}, too; keep it in one of them."
    else:
        problem = f"“{shown}” is nearly the same as the question in {where}; keep one of them."
    return claim.source.fault(claim.line, problem)
