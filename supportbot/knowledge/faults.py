"""What is wrong in a knowledge file, and where: a path, a line and a sentence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from supportbot.errors import ArticleError


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing to mend; ``problem`` says what is wrong and how to mend it."""

    path: str
    line: int
    problem: str

    def __str__(self) -> str:
        """Return the one line that people read."""
        return f"{self.path}, line {self.line}: {self.problem}"

    @classmethod
    def of(cls, error: ArticleError) -> "Fault":
        """Turn what a reader raised into a fault."""
        return cls(error.path, error.line, error.problem)


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it is written, to find the line of what is wrong; lines count from 1."""

    path: str
    text: str

    @property
    def lines(self) -> list[str]:
        """The lines, without their ends."""
        return self.text.splitlines()

    def fault(self, line: int, problem: str) -> Fault:
        """Return a fault of this file."""
        return Fault(self.path, line, problem)

    def header_line(self, name: str) -> int:
        """Return the line of a header field; the first line when it is not there."""
        return next((n for n, line in enumerate(self.lines, 1) if line.startswith(f"{name}:")), 1)

    def item_lines(self, name: str) -> Iterator[int]:
        """Yield the lines on which the items of a header list begin."""
        heading = self.header_line(name)
        for number, line in enumerate(self.lines[heading:], heading + 1):
            if re.match(r"\s*- ", line):
                yield number
            elif line[:1] not in ("", " ", "\t", "#"):
                return

    def line_with(self, words: str, start: int) -> int:
        """Return the first line from ``start``, in its paragraph, that has the words."""
        for number, line in enumerate(self.lines[start - 1 :], start):
            if words in line:
                return number
            if not line.strip():
                break
        return start
