"""
Builds passages from an operator's own documentation, in its own words.

A file becomes an article, a heading a passage.  The new folder is made and read back beside
the old one and takes its place in one move: when anything is wrong, nothing has changed.
Files that people wrote are never touched; those made here say ``ingested: true``.
"""

import hashlib
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from supportbot.errors import ArticleError, InputError
from supportbot.knowledge.cutting import Page, Piece, cut_markdown, cut_text, gaps
from supportbot.knowledge.files import files_below, read_text
from supportbot.knowledge.front_matter import KnowledgeFile, cut
from supportbot.knowledge.ingest_html import cut_html
from supportbot.knowledge.ingest_report import IngestReport, report
from supportbot.knowledge.passages import Passage, read_passages

READABLE = (".txt", ".md", ".html", ".htm")
LARGEST_SOURCE = 10 * 1024 * 1024

_HEADER = re.compile(r"---[ \t]*\r?\n")


@dataclass(frozen=True, slots=True)
class Made:
    """An article cut from the file ``path``; ``source`` names it in the article's header."""

    article: str
    source: str
    path: Path
    page: Page


def ingest(
    source: Path,
    target: Path,
    citing: Mapping[str, Sequence[str]] | None = None,
) -> IngestReport:
    """
    Build passage files in the folder ``target`` from ``source``, a file or a folder.

    ``citing`` has the articles that cite each passage now, to say whom a change concerns.

    Raises:
        InputError: something cannot be read, or would overwrite a person's work.
    """
    made = _read(source)
    _refuse_target(source, target)
    before, _ = read_passages(target)
    old = _made_before(source, target)
    _refuse_overwriting(made, old, target)
    try:
        after = _replace(made, old, target.resolve())
    except OSError as error:
        problem = f"{target} cannot be written ({error.strerror}); nothing was changed."
        raise InputError(problem) from None
    articles = tuple(each.article for each in made)
    return report(articles, before, after, citing or {}, _left_out(made))


def slug(words: str) -> str:
    """Return a name for an address; the same words always have the same one."""
    plain = unicodedata.normalize("NFKD", words.replace("\u2019", "").replace("'", ""))
    name = re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode().lower()).strip("-")
    return name or f"section-{hashlib.sha256(words.encode()).hexdigest()[:8]}"


def anchors(pieces: Sequence[Piece]) -> Iterator[str]:
    """Yield an anchor for each piece: the source's own, or its heading; the second gets -2."""
    taken: set[str] = set()
    for piece in pieces:
        wanted = slug(piece.anchor or piece.heading)
        anchor, number = wanted, 1
        while anchor in taken:
            number += 1
            anchor = f"{wanted}-{number}"
        taken.add(anchor)
        yield anchor


def render(made: Made) -> str:
    """Return the text of the passage file."""
    title = " ".join(made.page.title.split())
    header = {"title": title, "url": made.page.url, "source": made.source, "ingested": True}
    fields = yaml.safe_dump(header, allow_unicode=True, sort_keys=False, width=1_000_000)
    parts = [f"---\n{fields}---\n\n# {title}\n"]
    parts.extend(
        f"\n## {piece.heading} {{#{anchor}}}\n{_comments(piece)}\n{piece.text}\n"
        for piece, anchor in zip(made.page.pieces, anchors(made.page.pieces), strict=True)
    )
    return "".join(parts)


def _comments(piece: Piece) -> str:
    notes = [f"source heading: {piece.trail}"]
    if missing := "; ".join(gaps(piece.text, piece.heading)):
        notes.append(f"missing: {missing}")
    return "".join(f"<!-- {note.replace('--', '- -')} -->\n" for note in notes)


def _read(source: Path) -> tuple[Made, ...]:
    if not source.exists():
        raise InputError(f"There is no file or folder {source}; nothing was changed.")
    paths = list(files_below(source, READABLE)) if source.is_dir() else [source]
    if not paths or (source.is_file() and source.suffix.lower() not in READABLE):
        kinds = ", ".join(READABLE)
        raise InputError(f"{source} has no documentation that can be read ({kinds}).")
    made: list[Made] = []
    faults: list[str] = []
    for path in paths:
        try:
            made.append(_made(path, source))
        except ArticleError as fault:
            faults.append(str(fault))
    if faults:
        raise InputError(f"{source} was not taken in, and nothing was changed:", tuple(faults))
    return tuple(made)


def _made(path: Path, source: Path) -> Made:
    text = read_text(path, LARGEST_SOURCE)
    title = path.stem.replace("-", " ").replace("_", " ").capitalize()
    page = _cut(text, path, title)
    if not page.pieces:
        raise ArticleError(str(path), 1, "there is no text in this file; leave it out")
    relative = path.relative_to(source) if source.is_dir() else Path(path.name)
    article = "/".join(slug(part) for part in relative.with_suffix("").parts)
    name = (Path(source.name, relative) if source.is_dir() else relative).as_posix()
    return Made(article, name, path, page)


def _cut(text: str, path: Path, title: str) -> Page:
    kind = path.suffix.lower()
    if kind == ".txt":
        return cut_text(text, title)
    if kind == ".md":
        return _cut_markdown_file(text, path, title)
    return cut_html(text, str(path), title)


def _cut_markdown_file(text: str, path: Path, title: str) -> Page:
    if not _HEADER.match(text):
        return cut_markdown(text, title)
    file = cut(text, str(path))
    named, url = file.header.get("title"), file.header.get("url")
    page = cut_markdown(file.body, str(named or title))
    kept_url = url if isinstance(url, str) and url.startswith("https://") else None
    left_out = tuple((line + file.body_line - 1, words) for line, words in page.left_out)
    return Page(page.title, page.pieces, left_out, kept_url)


def _refuse_target(source: Path, target: Path) -> None:
    if target.exists() and not target.is_dir():
        raise InputError(f"{target} is a file; name the folder that is to hold the passages.")
    here, there = source.resolve(), target.resolve()
    if here.is_relative_to(there) or there.is_relative_to(here):
        raise InputError(f"{source} and {target} contain one another; choose two separate places.")


def _made_before(source: Path, target: Path) -> dict[str, Path]:
    """Return the files below ``target`` that were made from ``source`` before, by article."""
    prefix = f"{source.name}/" if source.is_dir() else source.name
    old: dict[str, Path] = {}
    for path in files_below(target):
        try:
            file = cut(read_text(path), str(path))
        except ArticleError:
            continue  # whatever it is, it was not made here
        if _is_ours(file, prefix):
            old[path.relative_to(target).with_suffix("").as_posix()] = path
    return old


def _is_ours(file: KnowledgeFile, prefix: str) -> bool:
    source = str(file.header.get("source"))
    of_source = source.startswith(prefix) if prefix.endswith("/") else source == prefix
    return file.header.get("ingested") is True and of_source


def _refuse_overwriting(made: Sequence[Made], old: Mapping[str, Path], target: Path) -> None:
    seen: dict[str, Path] = {}
    for each in made:
        twin = seen.setdefault(each.article, each.path)
        if twin != each.path:
            problem = f"{twin} and {each.path} would both become {each.article}; rename one."
            raise InputError(problem)
        path = target / f"{each.article}.md"
        if each.article not in old and path.exists():
            problem = f"{path} was not made from {each.path}; move it, or choose another folder."
            raise InputError(problem)


def _replace(made: Sequence[Made], old: Mapping[str, Path], target: Path) -> Mapping[str, Passage]:
    """Put the new folder in the old one's place, and return its passages."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".ingest-", dir=target.parent) as scratch:
        aside = Path(scratch, "new")
        _build(made, old, target, aside)
        after, _ = read_passages(aside)
        _check(made, after)
        _swap(aside, target, Path(scratch, "old"))
    return after


def _build(made: Sequence[Made], old: Mapping[str, Path], target: Path, aside: Path) -> None:
    if target.is_dir():
        shutil.copytree(target, aside, symlinks=True)
    aside.mkdir(exist_ok=True)
    for article in old:
        (aside / f"{article}.md").unlink()
    for each in made:
        path = aside / f"{each.article}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(render(each).encode("utf-8"))


def _check(made: Sequence[Made], after: Mapping[str, Passage]) -> None:
    """Read back what was written: every passage has to have its words, byte for byte."""
    for each in made:
        for piece, anchor in zip(each.page.pieces, anchors(each.page.pieces), strict=True):
            passage = after.get(f"{each.article}#{anchor}")
            if passage is None or passage.text != piece.text:
                problem = (
                    f"{each.path}: the text below “{piece.heading}” cannot be cut cleanly; "
                    "see whether it has a line that begins with '## ' and is no heading."
                )
                raise InputError(problem)


def _swap(aside: Path, target: Path, old: Path) -> None:
    """Whatever interrupts the two moves, the old folder is back where it was."""
    if target.exists():
        target.rename(old)
    try:
        aside.rename(target)
    finally:
        if old.exists() and not target.exists():
            old.rename(target)


def _left_out(made: Sequence[Made]) -> tuple[str, ...]:
    return tuple(
        f"{each.path}, line {line}: “{text}”" for each in made for line, text in each.page.left_out
    )
