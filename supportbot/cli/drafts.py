"""``supportbot drafts``: what became of drafts, as examples and as figures."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from supportbot.cli.options import Json

if TYPE_CHECKING:
    from rich.table import Table

    from supportbot.draft_report import Line

PIPE_WIDTH = 140
app = typer.Typer(add_completion=False, rich_markup_mode=None)
Since = Annotated[
    datetime | None,
    typer.Option("--since", metavar="DATE", formats=["%Y-%m-%d"], help="Made since then (UTC)."),
]


@app.callback()
def drafts() -> None:
    """
    Tell what became of drafts.

    Example: supportbot drafts report
    """


@app.command()
def export(
    since: Since = None,
    outcome: Annotated[
        str | None,
        typer.Option(
            "--outcome", metavar="WORD", help="used, edited, rewritten, dismissed, superseded."
        ),
    ] = None,
) -> None:
    """
    Print drafts as labelled examples, one JSON object a line, the oldest first.

    Each holds the question, its intents, the draft, what was sent and how far apart they are;
    card numbers, keys and addresses are taken out.

    Example: supportbot drafts export --outcome rewritten > rewritten.jsonl
    """
    from supportbot.cli.drafting import examples
    from supportbot.cli.printing import print_json

    for each in examples(since, outcome):
        print_json(each, indent=None)


@app.command()
def report(since: Since = None, json: Json = False) -> None:
    """
    Count what became of drafts, by intent and by source, and list questions that show gaps.

    Example: supportbot drafts report --since 2026-11-01
    """
    from rich.console import Console

    from supportbot.cli.drafting import reported
    from supportbot.cli.printing import print_json
    from supportbot.draft_report import as_json

    made = reported(since)
    if json:
        print_json(as_json(made))
        return
    console = Console()
    if not console.is_terminal:
        console = Console(width=PIPE_WIDTH)
    console.print(_table("By intent", (made.whole, *made.intents)))
    console.print(_table("By source", made.sources))
    typer.echo("Questions that show gaps:")
    for question in made.gaps:
        typer.echo(f"- {' '.join(question.split())}")
    if not made.gaps:
        typer.echo("none")


def _table(title: str, lines: "tuple[Line, ...]") -> "Table":
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    columns = ("", "drafts", "used", "edited", "rewritten", "dismissed", "distance", "seconds",
               "helpful")  # fmt: skip
    for name in columns:
        table.add_column(name, justify="right" if name else "left", overflow="fold")
    for each in lines:
        thumbs = each.helpful + each.unhelpful
        table.add_row(
            each.name,
            *(str(n) for n in (each.drafts, each.used, each.edited, each.rewritten)),
            str(each.dismissed),
            "" if each.distance is None else f"{each.distance:.2f}",
            "" if each.seconds is None else f"{each.seconds:.0f}",
            f"{each.helpful} of {thumbs}" if thumbs else "",
        )
    return table
