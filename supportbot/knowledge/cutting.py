"""
Cuts an operator's own documentation at its headings and keeps its words, byte for byte.

Nothing is corrected here: curly quotes, dashes and odd spellings stay, because answers
quote them.  What looks lost is only marked, for a person to look at.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from supportbot.knowledge.passages import code_marked, uncommented

LONGEST_HEADING = 80

_FURNITURE = re.compile(
    r"(?:skip to (?:main )?content|skip navigation|on this page|in this article|back to top"
    r"|was this (?:page|article) helpful\??|edit (?:this page|on github)|copy page"
    r"|last (?:updated|modified)\b.{0,40}|(?:©|copyright)\b.{0,80}|all rights reserved\.?"
    r"|powered by \w+|accept (?:all )?cookies)",
    re.IGNORECASE,
)
_ITEM = re.compile(r"\s*(?:[•◦▪*+·\u2013-]|\d{1,3}[.)])\s")
_UNDERLINE = re.compile(r"\s*(?:={3,}|-{3,})\s*")
_OWN_ANCHOR = re.compile(r"\s*\{#([^}]+)\}\s*$")
_ENDED = re.compile(r"[.!?…。\uff01\uff1f][\s\"'”\u2019»)\]*_`]*$")
_STOP = re.compile(r"(?<=[.!?:])[ \t]+")
_LONGEST_LABEL = 4  # words: "Important payment method requirements:" introduces, and is whole
_ANSWERS = re.compile(r"(?:Yes|No)[,.]\s")


@dataclass(frozen=True, slots=True)
class Piece:
    """
    The text below one heading, from ``line`` on.

    ``trail`` is the heading with the empty headings above it; ``anchor`` is the source's own,
    None if it has none.
    """

    heading: str
    trail: str
    anchor: str | None
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Page:
    """One source file, cut; ``left_out`` are the lines, with their text, that were not kept."""

    title: str
    pieces: tuple[Piece, ...]
    left_out: tuple[tuple[int, str], ...] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading that stands on the lines ``first`` up to, without, ``end``, from 0."""

    title: str
    first: int
    end: int
    anchor: str | None = None


def cut_text(text: str, title: str) -> Page:
    """Cut plain text at short lines, without a full stop, that stand between empty lines."""
    lines = text.split("\n")
    furniture: list[tuple[int, str]] = []
    headings: list[_Heading] = []
    for first, end in _blocks(text):
        block = [line.strip() for line in lines[first:end]]
        if len(block) == 1 and _FURNITURE.fullmatch(block[0]):
            furniture.append((first + 1, block[0]))
            lines[first] = ""
        elif _is_heading(block):
            headings.append(_Heading(block[0].lstrip("#").strip(), first, end))
    if headings and not "".join(lines[headings[-1].end :]).strip():
        headings.pop()  # with nothing below it, it is the last words, and not a heading
    return _page(title, lines, headings, furniture)


def cut_markdown(text: str, title: str) -> Page:
    """Cut Markdown at its headings; a heading inside code, a list or a quote is text."""
    tokens = MarkdownIt("commonmark").parse(text)
    headings = [
        _markdown_heading(opening, inline)
        for opening, inline in pairwise(tokens)
        if opening.type == "heading_open" and opening.level == 0
    ]
    return _page(title, text.split("\n"), headings, ())


def gaps(text: str, heading: str = "") -> Iterator[str]:
    """Say what seems to be lost in ``text``: a question, a list, the end of a sentence."""
    if _ANSWERS.match(text) and not heading.rstrip().endswith("?"):
        yield f'the question that "{_excerpt(text[:24])}" answers'
    prose = [line for line, is_code in code_marked(text) if not is_code]
    for line in prose:
        for before, after in pairwise(_STOP.split(line)):
            announces = before.endswith(":") and len(before.split()) > _LONGEST_LABEL
            if announces and after[:1].isupper():
                yield f'the list after "{_last_words(before)}"'
    last = text.rstrip().rpartition("\n")[2]
    if last.endswith(":"):
        yield f'what follows "{_last_words(last[:-1])}:"'
    elif prose and last == prose[-1].strip() and _breaks_off(last):
        yield f'the end of the sentence "{_last_words(last)}"'


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Yield first and end of the runs of lines that are neither empty nor code."""
    first: int | None = None
    number = 0
    for number, (line, is_code) in enumerate(code_marked(text)):
        if line.strip() and not is_code:
            first = number if first is None else first
        elif first is not None:
            yield first, number
            first = None
    if first is not None:
        yield first, number + 1


def _is_heading(block: list[str]) -> bool:
    title, *rest = block
    if title.startswith("#"):
        return not rest
    if rest and not (len(rest) == 1 and _UNDERLINE.fullmatch(rest[0])):
        return False
    short = len(title) <= LONGEST_HEADING and not _ITEM.match(f"{title} ")
    return short and (title[0].isupper() or title[0].isdigit()) and title[-1] not in ".!:;,…"


def _markdown_heading(opening: Token, inline: Token) -> _Heading:
    first, end = opening.map or (0, 0)
    own = _OWN_ANCHOR.search(inline.content)
    words = "".join(
        child.content or " "
        for child in inline.children or ()
        if child.type in {"text", "code_inline", "softbreak", "hardbreak"}
    )
    return _Heading(_OWN_ANCHOR.sub("", words).strip(), first, end, own[1] if own else None)


def _page(
    title: str,
    lines: list[str],
    headings: Iterable[_Heading],
    furniture: Iterable[tuple[int, str]],
) -> Page:
    pieces: list[Piece] = []
    trail: list[_Heading] = []
    bounds = [_Heading(title, 0, 0), *headings, _Heading("", len(lines), len(lines))]
    for heading, following in pairwise(bounds):
        text, _ = uncommented("\n".join(lines[heading.end : following.first]))
        if heading.end:
            trail.append(heading)
        if text:
            names = " > ".join(each.title for each in trail)
            line = heading.first + 1
            pieces.append(Piece(heading.title, names or title, heading.anchor, text, line))
            trail = []
    lost = [(heading.first + 1, heading.title) for heading in trail]
    return Page(title, tuple(map(_named, pieces)), (*furniture, *lost))


def _named(piece: Piece) -> Piece:
    """An empty heading (``##`` alone) still needs a name."""
    return piece if piece.heading else replace(piece, heading="Untitled", trail="Untitled")


def _breaks_off(line: str) -> bool:
    """Items, tables, images and mark-up end without a full stop; a sentence does not."""
    plain = not _ITEM.match(line) and not line.lstrip().startswith(("|", "!", "<", "[", ">", "#"))
    return plain and bool(line) and not _ENDED.search(line)


def _last_words(text: str) -> str:
    return " ".join(text.split()[-3:])


def _excerpt(text: str) -> str:
    return " ".join(text.split()[:3]) + " …"
