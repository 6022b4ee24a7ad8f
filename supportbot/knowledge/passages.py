"""
The documentation as passages: what answers quote, word for word.

A passage is a section of a file below ``knowledge/docs/``::

    ## Credit expiration {#credit-expiration}
    <!-- source heading: Credit Expiration -->

    Prepaid balance credits ...

Its address, ``billing/credits#credit-expiration``, is the file's path and the anchor.
The anchor stays when the heading changes, so that articles go on pointing to it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from supportbot.errors import ArticleError
from supportbot.knowledge.files import files_below, read_text
from supportbot.knowledge.front_matter import KnowledgeFile, cut

_HEADING = re.compile(r"##[ \t]+(?P<title>.*?)[ \t]*(?:\{#(?P<anchor>[^}]*)\})?[ \t]*\r?\Z")
_ANCHOR = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_COMMENT_FIRST = re.compile(r"\s*<!--(.*?)-->", re.DOTALL)
_COMMENT_LAST = re.compile(r"<!--((?:(?!<!--).)*?)-->\s*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Passage:
    """
    One topic of the documentation.

    ``text`` is a verbatim run of the file.  ``source_heading`` is where the operator's page
    has it; ``missing`` says what was lost there, None if nothing.  ``line`` is the heading's.
    """

    article: str
    section: str
    title: str
    text: str
    source_heading: str | None
    missing: str | None
    url: str | None
    path: str
    line: int

    @property
    def address(self) -> str:
        """What an article cites: ``billing/credits#credit-expiration``."""
        return f"{self.article}#{self.section}"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the lines below it, not judged yet."""

    title: str
    anchor: str | None
    body: str
    line: int


def load_passages(folder: Path) -> Mapping[str, Passage]:
    """
    Return the passages below ``folder`` by address, in the order of files and lines.

    Raises:
        ArticleError: the first fault; ``read_passages`` has them all.
    """
    passages, faults = read_passages(folder)
    if faults:
        raise faults[0]
    return passages


def read_passages(folder: Path) -> tuple[Mapping[str, Passage], tuple[ArticleError, ...]]:
    """Return the passages that can be read, and a fault for each that cannot."""
    passages: dict[str, Passage] = {}
    faults: list[ArticleError] = []
    try:
        for path in files_below(folder):
            try:
                document = cut(read_text(path), str(path))
            except ArticleError as fault:
                faults.append(fault)
                continue
            article = path.relative_to(folder).with_suffix("").as_posix()
            _collect(article, document, passages, faults)
    except ArticleError as fault:
        faults.append(fault)
    return MappingProxyType(passages), tuple(faults)


def sections(body: str, first_line: int) -> Iterator[Section]:
    """
    Cut ``body`` at its ``##`` headings, except in code.

    What stands before the first heading comes first, with no title and no anchor.
    """
    title, anchor, line, kept = "", None, first_line, list[str]()
    for number, (text, is_code) in enumerate(code_marked(body), first_line):
        heading = None if is_code else _HEADING.match(text)
        if heading is None:
            kept.append(text)
            continue
        yield Section(title, anchor, "\n".join(kept), line)
        title, anchor, line, kept = heading["title"], heading["anchor"], number, []
    yield Section(title, anchor, "\n".join(kept), line)


def code_marked(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the lines of ``text``, and for each whether it stands in a fenced block of code."""
    fence = ""
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if fence:
            yield line, True
            closes = found is not None and found[1].startswith(fence) and not line.strip("`~ \t\r")
            fence = "" if closes else fence
        else:
            fence = found[1] if found else ""
            yield line, bool(fence)


def uncommented(text: str) -> tuple[str, tuple[str, ...]]:
    """Return ``text`` without the comments at its two ends and stripped; and those comments."""
    before: list[str] = []
    after: list[str] = []
    while found := _COMMENT_FIRST.match(text):
        before.append(found[1].strip())
        text = text[found.end() :]
    while found := _COMMENT_LAST.search(text):
        after.insert(0, found[1].strip())
        text = text[: found.start()]
    return text.strip(), (*before, *after)


def _collect(
    article: str,
    document: KnowledgeFile,
    passages: dict[str, Passage],
    faults: list[ArticleError],
) -> None:
    try:
        url = _url(document)
        preamble, *rest = sections(document.body, document.body_line)
        _check_preamble(preamble, document.path)
    except ArticleError as fault:
        faults.append(fault)
        return
    for section in rest:
        try:
            passage = _passage(article, section, url, document.path)
            _refuse_duplicate(passage, passages)
        except ArticleError as fault:
            faults.append(fault)
        else:
            passages[passage.address] = passage


def _url(document: KnowledgeFile) -> str | None:
    header, path = document.header, document.path
    title, url = header.get("title"), header.get("url")
    if not isinstance(title, str) or not title.strip():
        raise ArticleError(path, 2, "the header has no title; add 'title: …'")
    if url is None:
        return None
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        problem = "the url in the header is no web address; write 'https://…' or 'null'"
        raise ArticleError(path, 2, problem)
    return url


def _check_preamble(preamble: Section, path: str) -> None:
    """Text above the first heading has no address, so nothing could ever quote it."""
    text, _ = uncommented(preamble.body)
    first, _, rest = text.partition("\n")
    if rest.strip() or (first and not first.startswith("# ")):
        problem = "text before the first '## ' heading cannot be cited; give it a heading"
        raise ArticleError(path, preamble.line, problem)


def _passage(article: str, section: Section, url: str | None, path: str) -> Passage:
    anchor, title = section.anchor, section.title
    if anchor is None or not _ANCHOR.fullmatch(anchor):
        problem = (
            f"the heading {title!r} needs an anchor of small letters, digits and hyphens; "
            "write it like '## Credit packs {#credit-packs}'"
        )
        raise ArticleError(path, section.line, problem)
    text, comments = uncommented(section.body)
    if not title or not text:
        problem = f"the section {{#{anchor}}} has no {'text' if title else 'title'}; write one"
        raise ArticleError(path, section.line, problem)
    heading = _note(comments, "source heading")
    missing = _note(comments, "missing")
    return Passage(article, anchor, title, text, heading, missing, url, path, section.line)


def _note(comments: tuple[str, ...], name: str) -> str | None:
    prefix = f"{name}:"
    notes = (note.removeprefix(prefix).strip() for note in comments if note.startswith(prefix))
    return next(notes, None)


def _refuse_duplicate(passage: Passage, passages: Mapping[str, Passage]) -> None:
    first = passages.get(passage.address)
    if first is not None:
        problem = f"the anchor {{#{passage.section}}} is taken on line {first.line}; choose another"
        raise ArticleError(passage.path, passage.line, problem)
