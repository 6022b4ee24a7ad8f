"""``supportbot evaluate``: how well questions are understood."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from supportbot.cli.options import Json
from supportbot.errors import ConfigError

if TYPE_CHECKING:
    from supportbot.evaluation.budgets import Budgets
    from supportbot.evaluation.report import Report
    from supportbot.evaluation.tables import Table

app = typer.Typer(add_completion=False, rich_markup_mode=None)

File = Annotated[
    str | None,
    typer.Argument(metavar="FILE", help="Labelled questions; - reads standard input."),
]
Page = Annotated[
    Path | None,
    typer.Option("--report", metavar="OUT.html", help="Also write a page with charts."),
]
MaxWrong = Annotated[
    float | None,
    typer.Option(
        metavar="SHARE", min=0, max=1, help="Exit with 1 if more is answered about the wrong thing."
    ),
]
MaxRefused = Annotated[
    float | None,
    typer.Option(
        metavar="SHARE", min=0, max=1, help="Exit with 1 if more covered questions are refused."
    ),
]
MinAccuracy = Annotated[
    float | None,
    typer.Option(
        metavar="SHARE", min=0, max=1, help="Exit with 1 if the lenient accuracy is lower."
    ),
]
CrossValidate = Annotated[
    bool,
    typer.Option("--cross-validate", help="Instead of FILE: the knowledge's own questions."),
]
Folds = Annotated[int | None, typer.Option(min=2, help="Of the cross-validation; default: 5.")]


@app.command()
def evaluate(
    file: File = None,
    json: Json = False,
    report: Page = None,
    max_wrong: MaxWrong = None,
    max_refused: MaxRefused = None,
    min_accuracy: MinAccuracy = None,
    cross_validate: CrossValidate = False,
    folds: Folds = None,
) -> None:
    """
    Measure how well labelled questions are understood.

    FILE holds JSON Lines: {"text": "do credits expire", "intent": "credit_expiry", "also":
    ["credit_types"]}, where "also" names intents that are right as well and may be left out.
    A message that asks several things has "intents", a list in the order of the text, for
    "intent". A dialogue is {"turns": […]}, a list of such questions.

    Right, strictly: the intent that was heard first is the one that was meant; leniently: one
    was heard that counts as right. Refused: nothing was understood, or a covered question was
    taken for one that is not. Wrong: it was answered, as covered, about something else.

    --cross-validate leaves each fifth of the knowledge's questions out in turn, learns from
    the rest, and asks what was left out; that takes minutes. SHARE is between 0 and 1.

    Example: supportbot evaluate questions.jsonl --max-wrong 0.02 --report report.html
    """
    if (file is None) != cross_validate:
        raise ConfigError("Give either a file of labelled questions, or --cross-validate.")
    if folds is not None and not cross_validate:
        raise ConfigError("--folds goes with --cross-validate; leave it out.")
    from supportbot.evaluation.budgets import Budgets

    found = _evaluated(file, folds or 5)
    _print(found, as_json=json)
    if report:
        _write(found, report)
    _keep_to(Budgets(max_wrong, max_refused, min_accuracy), found)


def _keep_to(budgets: "Budgets", found: "Report") -> None:
    from supportbot.evaluation.budgets import broken

    said = broken(found, budgets)
    for sentence in said:
        typer.echo(sentence, err=True)
    if said:
        raise typer.Exit(1)


def _evaluated(file: str | None, folds: int) -> "Report":
    """Evaluate on ``file``; None: cross-validate."""
    import gc

    from supportbot.cli.options import place, read_text
    from supportbot.cli.progress import bar
    from supportbot.evaluation.subject import evaluate as evaluate_on
    from supportbot.evaluation.subject import evaluate_knowledge, open_subject
    from supportbot.settings import read_settings

    gc.enable()
    settings = read_settings()
    if file is None:
        with bar("Cross-validating") as progress:
            return evaluate_knowledge(settings, folds, progress)
    text = read_text(file, largest=None)
    with bar("Learning the knowledge") as progress:
        subject = open_subject(settings, progress)
    with bar("Evaluating") as progress:
        return evaluate_on(subject, text, place(file), progress)


def _print(found: "Report", *, as_json: bool) -> None:
    if as_json:
        from supportbot.cli.printing import print_json
        from supportbot.evaluation.report import as_json as to_json

        print_json(to_json(found))
        return
    from supportbot.account_text import printable
    from supportbot.evaluation.tables import about, error_lines, tables

    typer.echo("\n".join(about(found)))
    for table in tables(found):
        if sys.stdout.isatty():
            _print_rich(table)
        else:
            typer.echo("\n".join(("", table.title, "", *_aligned(table))))
    errors = error_lines(found.misses)
    if errors:
        typer.echo("\n".join(("", "Errors", *map(printable, errors))))


def _print_rich(table: "Table") -> None:
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    shown = RichTable(title=table.title, title_justify="left")
    for number, column in enumerate(table.columns):
        justify: Literal["left", "right"] = "right" if table.is_figure(number) else "left"
        shown.add_column(column, justify=justify, overflow="fold")
    for row in table.rows:
        shown.add_row(*map(Text, row))
    Console().print(shown)


def _aligned(table: "Table") -> Iterable[str]:
    rows = (table.columns, *table.rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            cell.rjust(width) if table.is_figure(number) else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()


def _write(found: "Report", path: Path) -> None:
    from supportbot.evaluation.page import page

    try:
        path.write_text(page(found), encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"--report {path} cannot be written ({error.strerror}); name another file."
        ) from error
