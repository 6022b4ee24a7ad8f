"""``supportbot knowledge …``: what people who write the answers need."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from supportbot.cli.options import Json
from supportbot.errors import ArticleError

if TYPE_CHECKING:
    from supportbot.knowledge.library import Library
    from supportbot.knowledge.passages import Passage
    from supportbot.knowledge.vocabulary import FactName, Vocabulary

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.callback()
def knowledge() -> None:
    """
    Check, look up and build the knowledge that answers are made of.

    Example: supportbot knowledge check
    """


@app.command()
def check(
    folder: Annotated[
        Path | None,
        typer.Argument(help="A folder of knowledge; without it, the one in use."),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Also compare the passages with this text of the documentation."
        ),
    ] = None,
) -> None:
    """
    Say in plain words which line of which file to mend.

    Example: supportbot knowledge check
    """
    from datetime import datetime

    from supportbot.composing.vocabulary import vocabulary
    from supportbot.knowledge.check import check as check_library

    library = _library(folder)
    today = datetime.now().astimezone().date()
    found = [str(fault) for fault in check_library(library, vocabulary(), today)]
    if against:
        found += [str(fault) for fault in _compared(against, library)]
    for line in found:
        typer.echo(_from_here(line), err=True)
    if found:
        raise typer.Exit(1)
    articles, passages = len(library.articles), len(library.passages)
    typer.echo(f"All {articles} articles and {passages} passages are fine.")


@app.command()
def ingest(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="FILE|FOLDER", help="Documentation as .txt, .md or .html, or a folder of it."
        ),
    ],
    into: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Where the passages go; without it, docs/ of the knowledge."
        ),
    ] = None,
) -> None:
    """
    Build passages from your own documentation, in its own words.

    Example: supportbot knowledge ingest billing.md
    """
    from supportbot.knowledge.ingest import ingest as take_in

    target = into or _own_folder() / "docs"
    report = take_in(source, target, _citing(target.parent))
    for line in report.lines():
        typer.echo(line)
    typer.echo(f"The passages are in {_from_here(str(target))}.")


@app.command()
def search(
    text: Annotated[list[str], typer.Argument(metavar="TEXT", help="What to look for.")],
    limit: Annotated[int, typer.Option(min=1, help="How many passages at most.")] = 5,
) -> None:
    """
    Find the passages of the documentation to cite.

    Example: supportbot knowledge search do credits expire
    """
    from supportbot.knowledge.search import search as find

    found = find(_library(None).passages, " ".join(text), limit)
    if not found:
        typer.echo(f"No passage speaks of “{' '.join(text)}”; try other words.", err=True)
        raise typer.Exit(1)
    typer.echo("\n\n".join(_shown(passage) for passage, _score in found))


@app.command()
def facts(as_json: Json = False) -> None:
    """
    List the facts and the "When" phrases that an article may use.

    Example: supportbot knowledge facts
    """
    import sys

    from supportbot.composing.vocabulary import vocabulary

    words = vocabulary()
    if as_json:
        from supportbot.cli.printing import print_json

        print_json(_as_json(words))
    elif sys.stdout.isatty():
        _print_tables(words)
    else:
        _print_columns(words)


@app.command("compile")
def compile_(
    into: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where to keep it; without it, the cache."),
    ] = None,
) -> None:
    """
    Learn the questions of the knowledge in use now, rather than at the first question.

    Example: supportbot knowledge compile
    """
    from supportbot import wiring
    from supportbot.cli.progress import bar
    from supportbot.settings import cache_dir, read_settings

    settings = read_settings()
    library, encoder = wiring.open_library(settings), wiring.open_encoder(settings)
    path = (into or cache_dir(settings) / "trained") / wiring.model_name(library, encoder)
    with bar("Learning the knowledge") as progress:
        wiring.train_model(library, encoder, path, progress)
    with bar("Learning other languages") as progress:
        abroad = wiring.train_foreign_model(library, path.parent, progress)
    for written in filter(None, (path, abroad)):
        if not written.is_file():
            typer.echo(f"{written} could not be written; name another with --into.", err=True)
            raise typer.Exit(1)
    articles = library.articles.values()
    typer.echo(
        f"Learnt {sum(len(each.asked_as) for each in articles):,} questions, and "
        f"{sum(len(each.asked_abroad) for each in articles):,} in other languages; what was "
        f"learnt is kept in {path}."
    )


def _library(folder: Path | None) -> "Library":
    from supportbot.knowledge.library import Library
    from supportbot.settings import read_settings
    from supportbot.wiring import knowledge_folder

    return Library(folder or knowledge_folder(read_settings()))


def _own_folder() -> Path:
    """Return a folder of knowledge that is the operator's, never one inside the package."""
    from supportbot.settings import read_settings
    from supportbot.wiring import PACKAGE, knowledge_folder

    folder = knowledge_folder(read_settings())
    return Path("knowledge") if folder.is_relative_to(PACKAGE) else folder


def _compared(against: Path, library: "Library") -> list[ArticleError]:
    from supportbot.knowledge.coverage import compare
    from supportbot.knowledge.files import read_text
    from supportbot.knowledge.passages import read_passages

    passages, _ = read_passages(library.folder / "docs")
    return compare(read_text(against), passages, str(against))


def _citing(folder: Path) -> Mapping[str, Sequence[str]]:
    """Return the articles that cite each passage; those that cannot be read cite nothing."""
    from supportbot.knowledge.article import parse_article
    from supportbot.knowledge.files import files_below, read_text

    citing: dict[str, list[str]] = {}
    for path in files_below(folder / "faq"):
        try:
            article = parse_article(read_text(path), str(path), path.stem)
        except ArticleError:
            continue  # `check` says what is wrong with it
        cites = (
            each for section in article.sections for s in section.sentences for each in s.cites
        )
        for address in dict.fromkeys(cites):
            citing.setdefault(address, []).append(path.name)
    return citing


def _from_here(words: str) -> str:
    """Name files as they are named from the current folder."""
    here = f"{Path.cwd()}/"
    return words.replace(here, "") if len(here) > 1 else words


def _shown(passage: "Passage") -> str:
    url = f"\n{passage.url}" if passage.url else ""
    return f"[{passage.address}] {passage.title}\n{passage.text}{url}"


def _as_json(words: "Vocabulary") -> dict[str, Any]:
    return {
        "facts": [
            {
                "name": fact.name,
                "about": fact.about,
                "example": fact.example,
                "beside": list(fact.beside),
            }
            for fact in words.facts.values()
        ],
        "phrases": [
            {
                "phrase": phrase.phrase,
                "about": phrase.about,
                "binds": sorted(phrase.binds),
                "cause": phrase.cause,
            }
            for phrase in words.phrases.values()
        ],
    }


def _fact_rows(words: "Vocabulary") -> list[tuple[str, ...]]:
    return [(f"{{{each.name}}}", each.example, _with_parts(each)) for each in words.facts.values()]


def _with_parts(fact: "FactName") -> str:
    parts = ", ".join(f"{{{part}}}" for part in fact.beside)
    return f"{fact.about}; say with it {parts}" if parts else fact.about


def _phrase_rows(words: "Vocabulary") -> list[tuple[str, ...]]:
    return [
        (f"## When {each.phrase}", ", ".join(sorted(each.binds)), each.about)
        for each in words.phrases.values()
    ]


def _print_tables(words: "Vocabulary") -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    for title, columns, rows in _tables(words):
        table = Table(title=title, title_justify="left")
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*(cell.replace("[", "\\[") for cell in row))
        console.print(table)


def _print_columns(words: "Vocabulary") -> None:
    for title, columns, rows in _tables(words):
        typer.echo(f"{title}\n")
        typer.echo("\n".join(_aligned((columns, *rows))))
        typer.echo("")


def _tables(
    words: "Vocabulary",
) -> Iterable[tuple[str, tuple[str, ...], list[tuple[str, ...]]]]:
    facts_title = "Facts: write them in braces; the figure and its source are filled in."
    yield facts_title, ("fact", "for example", "what it is"), _fact_rows(words)
    phrases_title = "Phrases: the headings of sections; the first that holds is said."
    yield phrases_title, ("heading", "facts about", "holds when"), _phrase_rows(words)


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
