"""
Everything that is wrong in a knowledge folder, each with its file, line and mend.

For support staff: one run names all faults of all files, so that they are mended in one go.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from supportbot.errors import ArticleError, ConfigError
from supportbot.knowledge.article import Article, parse_article
from supportbot.knowledge.check_article import Grounds, article_faults
from supportbot.knowledge.check_questions import claimed_twice
from supportbot.knowledge.faults import Fault, Source
from supportbot.knowledge.files import files_below, read_text
from supportbot.knowledge.golden import Conversation
from supportbot.knowledge.golden_reading import read_conversation
from supportbot.knowledge.library import Library
from supportbot.knowledge.passages import read_passages
from supportbot.knowledge.vocabulary import Vocabulary, did_you_mean

_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_INTENT = re.compile(r"^intent:[ \t]*(\S+)", re.MULTILINE)


def check(library: Library, vocabulary: Vocabulary, today: date) -> tuple[Fault, ...]:
    """
    Return all faults of a folder of knowledge, by file and line.

    Raises:
        ConfigError: the folder has no articles.
    """
    passages, broken = read_passages(library.folder / "docs")
    faults = [Fault.of(error) for error in broken]
    sources = _read_all(_articles_folder(library), faults)
    read = list(_parse_all(sources, faults))
    grounds = Grounds(vocabulary, passages, today)
    for source, article in read:
        faults += article_faults(article, source, grounds)
    faults += claimed_twice(read)
    faults += _unanswered(library.folder / "faq", sources, vocabulary)
    faults += _conversation_faults(library.folder / "conversations", grounds)
    return tuple(sorted(set(faults)))


def _articles_folder(library: Library) -> Path:
    folder = library.folder / "faq"
    if not folder.is_dir():
        raise ConfigError(f"There is no folder {folder}; name a folder of knowledge that has one.")
    return folder


def _read_all(folder: Path, faults: list[Fault]) -> list[Source]:
    sources: list[Source] = []
    try:
        for path in files_below(folder):
            if path.parent != folder or path.suffix != ".md":
                faults.append(Fault(str(path), 1, _never_read(folder)))
                continue
            try:
                sources.append(Source(str(path), read_text(path)))
            except ArticleError as error:
                faults.append(Fault.of(error))
    except ArticleError as error:  # a link out of the folder: nothing below it is safe to read
        faults.append(Fault.of(error))
    faults += _name_faults(sources)
    return sources


def _never_read(folder: Path) -> str:
    return f"this file is never read; put it into {folder} itself, with a name that ends in .md."


def _name_faults(sources: Iterable[Source]) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for source in sources:
        slug = Path(source.path).stem
        taken = first.setdefault(slug.casefold(), source.path)
        if taken != source.path:
            yield source.fault(1, f"{taken} has the same name; rename one of the two.")
        if not _SLUG.fullmatch(slug):
            problem = "rename it to small letters, digits and hyphens, as in credit-expiry.md."
            yield source.fault(1, problem)


def _parse_all(sources: Iterable[Source], faults: list[Fault]) -> Iterator[tuple[Source, Article]]:
    for source in sources:
        try:
            yield source, parse_article(source.text, source.path, Path(source.path).stem)
        except ArticleError as error:
            faults.append(Fault.of(error))


def _unanswered(folder: Path, sources: Sequence[Source], vocabulary: Vocabulary) -> Iterator[Fault]:
    """An article that cannot be parsed still shows which intent it is meant for."""
    answered = {found[1] for source in sources if (found := _INTENT.search(source.text))}
    for intent in vocabulary.intents:
        if intent not in answered:
            name = intent.replace("_", "-")
            problem = f"no article has the intent {intent}; add one, such as {name}.md."
            yield Fault(str(folder), 1, problem)


def _conversation_faults(folder: Path, grounds: Grounds) -> Iterator[Fault]:
    try:
        paths = list(files_below(folder))
    except ArticleError as error:
        yield Fault.of(error)
        return
    for path in paths:
        try:
            conversation = read_conversation(path)
        except ArticleError as error:
            yield Fault.of(error)
        else:
            yield from _expectation_faults(conversation, grounds)


def _expectation_faults(conversation: Conversation, grounds: Grounds) -> Iterator[Fault]:
    """A conversation that expects what can never be would only fail later, and less clearly."""
    known: dict[str, Iterable[str]] = {
        "finds": grounds.vocabulary.causes,
        "cites": grounds.passages,
    }
    for expectation in conversation.expectations:
        names = known.get(expectation.kind)
        if names is None or (expectation.kind == "cites" and "#" not in expectation.value):
            continue
        if expectation.value not in names:
            what = "passage" if expectation.kind == "cites" else "cause"
            hint = did_you_mean(expectation.value, names)
            problem = f"there is no {what} “{expectation.value}”.{hint}"
            yield Fault(conversation.path, expectation.line, problem)
