"""The folder of knowledge as a whole: articles, passages, and a hash of it all."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from supportbot.errors import ArticleError, ConfigError
from supportbot.knowledge.article import Article, parse_article
from supportbot.knowledge.front_matter import cut_text
from supportbot.knowledge.passages import Passage, load_passages

LARGEST = 1 << 20  # bytes of one file
LEARNT_FROM = ("title", "intent", "asked as", "asked in other languages")


@dataclass(frozen=True)
class Library:
    """A knowledge folder; files are read when they are asked for, and read once."""

    folder: Path
    _parsed: dict[str, Article] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def files(self) -> Mapping[str, str]:
        """The text of each article file by its slug, in the order of the slugs."""
        folder = self.folder / "faq"
        if not folder.is_dir():
            raise ConfigError(
                f"There is no folder {folder}; set SUPPORTBOT_KNOWLEDGE to a folder of knowledge."
            )
        return {path.stem: _read(path) for path in sorted(folder.glob("*.md"))}

    @cached_property
    def passages(self) -> Mapping[str, Passage]:
        """The documentation's passages by their address."""
        return load_passages(self.folder / "docs")

    @cached_property
    def articles(self) -> Mapping[str, Article]:
        """Every article by its slug."""
        return {slug: self.article(slug) for slug in self.files}

    def article(self, slug: str) -> Article:
        """
        Return one article.

        Raises:
            ArticleError: the file cannot be understood.
        """
        if slug not in self._parsed:
            self._parsed[slug] = parse_article(self.files[slug], self.path_of(slug), slug)
        return self._parsed[slug]

    def path_of(self, slug: str) -> str:
        """Name an article's file as messages name it."""
        return f"{self.folder.name}/faq/{slug}.md"

    @cached_property
    def questions_version(self) -> str:
        """A hash of what the matcher learns from, whatever else the files say."""
        digest = hashlib.sha256()
        for slug, text in self.files.items():
            header = cut_text(text, self.path_of(slug))[0]
            digest.update(f"{slug}\0{_learnt_from(header)}\0".encode())
        return digest.hexdigest()

    @cached_property
    def version(self) -> str:
        """A hash of every article and passage: the same knowledge, the same version."""
        digest = hashlib.sha256()
        for slug, text in self.files.items():
            digest.update(f"{slug}\0{text}\0".encode())
        for address, passage in self.passages.items():
            digest.update(f"{address}\0{passage.text}\0{passage.url}\0".encode())
        return digest.hexdigest()


def _learnt_from(header: str) -> str:
    """Return the lines of a header that the matcher learns from, without reading the YAML."""
    kept, keep = list[str](), False
    for line in header.splitlines():
        if line[:1].strip():
            keep = line.partition(":")[0] in LEARNT_FROM
        if keep:
            kept.append(line)
    return "\n".join(kept)


def _read(path: Path) -> str:
    if path.stat().st_size > LARGEST:
        raise ArticleError(str(path), 1, "the file is larger than 1 MiB; cut it up.")
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise ArticleError(str(path), 1, "the file cannot be read as UTF-8 text.") from None
