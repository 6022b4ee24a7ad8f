"""
An answer as support staff write it: one question, one file.

The header says which intent the file answers and how customers ask it; the body has a section
for each situation of an account ("## When …") and one for everybody else ("## Otherwise").
A sentence is plain text in which ``{name.field}`` is a fact of the account and
``[article#section]`` a passage of the documentation.  What stands in ``[[…]]`` is left out when
a fact of it is not on the record.  Nothing in a file can be executed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from supportbot.errors import ArticleError
from supportbot.knowledge.front_matter import cut

Use = Literal["the first that holds", "all that hold", "the diagnosis"]
USES: Final[tuple[Use, ...]] = ("the first that holds", "all that hold", "the diagnosis")
OTHERWISE: Final = "Otherwise"

_PART = re.compile(r"\{([^{}\n]*)\}|[ \t]*\[([a-z0-9/_-]+#[a-z0-9_-]+)\]")
_CLAUSE = re.compile(r"\[\[([^\[\]]*)\]\]")
_SENTENCE_END = re.compile(
    r"[.!?][\"”’)*]*(?:[ \t]*\[[a-z0-9/_-]+#[a-z0-9_-]+\])*(?=[ \t]+[\"“(*{]*[A-Z{<])"
)
_ITEM = re.compile(r"^(-|\d+\.)[ \t]+")


@dataclass(frozen=True, slots=True)
class Fact:
    """A place for a fact of the account, by its name in the menu."""

    name: str


@dataclass(frozen=True, slots=True)
class Cite:
    """A passage of the documentation, by its address ``article#section``."""

    address: str


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence, written ``[[…]]``, that is left out when a fact of it is."""

    parts: tuple["str | Fact", ...]


Part = str | Fact | Cite | Clause


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence; it is said whole or not at all."""

    parts: tuple[Part, ...]
    line: int

    @property
    def facts(self) -> tuple[str, ...]:
        """The names of the facts that it states, or may state."""
        return tuple(part.name for part in _flat(self.parts) if isinstance(part, Fact))

    @property
    def cites(self) -> tuple[str, ...]:
        """The addresses of the passages that it stands on."""
        return tuple(part.address for part in self.parts if isinstance(part, Cite))

    @property
    def words(self) -> str:
        """The text that the author wrote, without facts and citations."""
        return "".join(part for part in _flat(self.parts) if isinstance(part, str))


def _flat(parts: "tuple[Part, ...]") -> Iterator[str | Fact | Cite]:
    for part in parts:
        if isinstance(part, Clause):
            yield from part.parts
        else:
            yield part


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or one item of a list when ``bullet`` is ``-`` or ``1.``."""

    sentences: tuple[Sentence, ...]
    bullet: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """What to say when ``phrase`` holds; the phrase of the last resort is ``Otherwise``."""

    phrase: str
    blocks: tuple[Block, ...]
    line: int

    @property
    def sentences(self) -> Iterator[Sentence]:
        """All sentences, in order."""
        return (sentence for block in self.blocks for sentence in block.sentences)


@dataclass(frozen=True, slots=True)
class Article:
    """One question and its answers; ``slug`` is the file's name without ``.md``."""

    slug: str
    path: str
    title: str
    intent: str
    owner: str
    reviewed: date
    asked_as: tuple[str, ...]
    asked_abroad: tuple[str, ...]  # in other languages than English
    docs: tuple[str, ...]
    use: Use
    sections: tuple[Section, ...]

    @property
    def otherwise(self) -> Section:
        """What an anonymous visitor is told."""
        return self.sections[-1]


def parse_article(text: str, path: str, slug: str) -> Article:
    """
    Read an article.

    Raises:
        ArticleError: the header or the body cannot be understood; names the line.
    """
    file = cut(text, path)
    header = _Header(path, file.header, file.header_text)
    sections = tuple(_sections(file.body, path, file.body_line))
    _check_sections(sections, path, file.body_line)
    return Article(
        slug=slug,
        path=path,
        title=header.text("title"),
        intent=header.text("intent"),
        owner=header.text("owner"),
        reviewed=header.date("reviewed"),
        asked_as=header.lines("asked as"),
        asked_abroad=header.lines("asked in other languages", required=False),
        docs=header.lines("docs", required=False),
        use=header.use(),
        sections=sections,
    )


@dataclass(frozen=True, slots=True)
class _Header:
    path: str
    values: Mapping[str, Any]
    text_as_written: str

    def text(self, name: str) -> str:
        value = self.values.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self.error(name, f"the header needs a line `{name}: …`.")
        return value.strip()

    def date(self, name: str) -> date:
        value = self.values.get(name)
        if not isinstance(value, date):
            raise self.error(name, f"`{name}` is no date; write it as 2026-11-20.")
        return value

    def lines(self, name: str, *, required: bool = True) -> tuple[str, ...]:
        value = self.values.get(name) or []
        if not isinstance(value, list) or (required and not value):
            raise self.error(name, f"`{name}` needs a list, one line beginning with - for each.")
        for item in value:
            if not isinstance(item, str):
                shown = str(item)[:60]
                raise self.error(name, f"put this line of `{name}` in double quotes: {shown}")
        return tuple(item.strip() for item in value)

    def use(self) -> Use:
        value = self.values.get("use", USES[0])
        if value not in USES:
            raise self.error("use", f"`use` must be one of: {'; '.join(USES)}.")
        return USES[USES.index(value)]

    def error(self, name: str, problem: str) -> ArticleError:
        lines = self.text_as_written.splitlines()
        at = next((n for n, line in enumerate(lines, 2) if line.startswith(f"{name}:")), 1)
        return ArticleError(self.path, at, problem)


def _check_sections(sections: tuple[Section, ...], path: str, line: int) -> None:
    if not sections or sections[-1].phrase != OTHERWISE:
        last = sections[-1].line if sections else line
        raise ArticleError(path, last, "the last section must be `## Otherwise`.")
    seen: set[str] = set()
    for section in sections:
        if section.phrase in seen:
            raise ArticleError(path, section.line, f"`{section.phrase}` stands here twice.")
        seen.add(section.phrase)
        if not section.blocks:
            raise ArticleError(path, section.line, "this section is empty; write what to say.")


def _sections(body: str, path: str, first_line: int) -> Iterator[Section]:
    phrase, start, lines = "", 0, list[str]()
    for number, line in enumerate((*body.splitlines(), "## "), first_line):
        if not line.startswith("## "):
            if not phrase and line.strip():
                raise ArticleError(path, number, "text before the first `## When …` heading.")
            lines.append(line)
            continue
        if phrase:
            yield Section(phrase, tuple(_blocks(lines, path, start + 1)), start)
        phrase, start, lines = _phrase(line, path, number), number, []


def _phrase(heading: str, path: str, line: int) -> str:
    words = " ".join(heading.removeprefix("## ").split())
    if words in ("", OTHERWISE):
        return words
    if not words.startswith("When "):
        raise ArticleError(path, line, "a heading must be `## When …` or `## Otherwise`.")
    return words.removeprefix("When ")


def _blocks(lines: list[str], path: str, first_line: int) -> Iterator[Block]:
    gathered: list[str] = []
    start = first_line
    for number, line in enumerate((*lines, ""), first_line):
        begins_item = bool(_ITEM.match(line))
        if gathered and (begins_item or not line.strip()):
            yield _block(" ".join(gathered), path, start)
            gathered = []
        if line.strip():
            start = start if gathered else number
            gathered.append(line.strip())


def _block(text: str, path: str, line: int) -> Block:
    item = _ITEM.match(text)
    bullet = item[1] if item else ""
    words = text[item.end() :] if item else text
    return Block(tuple(_sentences(words, path, line)), bullet)


def _sentences(text: str, path: str, line: int) -> Iterator[Sentence]:
    start = 0
    for end in _SENTENCE_END.finditer(text):
        yield Sentence(tuple(_parts(text[start : end.end()].strip(), path, line)), line)
        start = end.end()
    if text[start:].strip():
        yield Sentence(tuple(_parts(text[start:].strip(), path, line)), line)


def _parts(text: str, path: str, line: int) -> Iterator[Part]:
    position = 0
    for clause in _CLAUSE.finditer(text):
        yield from _plain_parts(text[position : clause.start()], path, line)
        inner = tuple(_plain_parts(clause[1], path, line))
        if not any(isinstance(part, Fact) for part in inner):
            raise ArticleError(path, line, "a clause in [[ ]] needs a {name.field} in it.")
        yield Clause(tuple(part for part in inner if not isinstance(part, Cite)))
        position = clause.end()
    yield from _plain_parts(text[position:], path, line)


def _plain_parts(text: str, path: str, line: int) -> Iterator[str | Fact | Cite]:
    position = 0
    for found in _PART.finditer(text):
        if found.start() > position:
            yield _checked(text[position : found.start()], path, line)
        yield Fact(found[1].strip()) if found[1] is not None else Cite(found[2])
        position = found.end()
    if position < len(text):
        yield _checked(text[position:], path, line)


def _checked(words: str, path: str, line: int) -> str:
    if "{" in words or "}" in words:
        raise ArticleError(path, line, "a { without its }; a fact is written {name.field}.")
    if "[[" in words or "]]" in words:
        raise ArticleError(path, line, "a [[ without its ]]; a clause is written [[…]].")
    return words
