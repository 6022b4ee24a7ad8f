"""A drafted reply in other lengths and tones, made of its own sentences.  Pure; no new figure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MARKS: Final = re.compile(r"((?:\s?\[\d+\])+)")
NUMBER: Final = re.compile(r"\[(\d+)\]")
FRIENDLY_GREETING: Final = "Hello, and thank you for writing to us."
FRIENDLY_CLOSING: Final = (
    "If anything is still unclear, just reply to this message: we are glad to help."
)


@dataclass(frozen=True, slots=True)
class Said:
    """A stretch of a reply, and the numbers of the sources that stand behind it."""

    text: str
    sources: tuple[int, ...] = ()


def lines_of(text: str) -> tuple[tuple[Said, ...], ...]:
    """Cut a draft into lines, and each line at its source numbers; emphasis is left out."""
    return tuple(tuple(_said(line)) for line in text.replace("**", "").splitlines())


def shorter(text: str, of_account: frozenset[int]) -> str:
    """
    Keep of each line what it says first with a source, and all that tells of the account.

    ``of_account`` are the numbers of the sources that are of the account.  Lines without any
    source stay: headings, greeting, signature.
    """
    kept = []
    for line in lines_of(text):
        sourced = [each for each in line if each.sources]
        wanted = [
            each for each in sourced if each is sourced[0] or of_account.intersection(each.sources)
        ]
        kept.append("".join(each.text for each in wanted or line).rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def friendlier(text: str) -> str:
    """Thank at the beginning and offer help at the end; what stands between is untouched."""
    lines = ["".join(each.text for each in line).rstrip() for line in lines_of(text)]
    if lines and len(lines[0]) < 20:
        lines = [FRIENDLY_GREETING, *lines[1:]]
    sign_off = next((n for n, line in enumerate(lines) if line == "Best regards,"), len(lines))
    return "\n".join([*lines[:sign_off], FRIENDLY_CLOSING, "", *lines[sign_off:]]).strip()


def _said(line: str) -> Iterator[Said]:
    pieces = MARKS.split(line)
    for text, marks in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        if text or marks:
            yield Said(text, tuple(int(n) for n in NUMBER.findall(marks)))
