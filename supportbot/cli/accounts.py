"""``supportbot accounts``: the account records in the embedded database."""

from pathlib import Path
from typing import Annotated

import typer

from supportbot.cli.options import Demo, Json

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.callback()
def accounts() -> None:
    """
    Load account records into the database, and look at them.

    Example: supportbot accounts import accounts.json
    """


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A JSON array, or JSON Lines.")],
) -> None:
    """
    Load records; one that is there already is replaced, and a bad one refuses the whole file.

    Example: supportbot accounts import accounts.json
    """
    from supportbot.accounts.database import DatabaseAccounts
    from supportbot.accounts.importing import read_records
    from supportbot.settings import read_settings
    from supportbot.wiring import open_database

    records = read_records(file)
    engine = open_database(read_settings())
    try:
        DatabaseAccounts(engine).replace_all_or_nothing(records)
    finally:
        engine.dispose()
    typer.echo(f"Imported {len(records)} account{'' if len(records) == 1 else 's'}.")


@app.command("list")
def list_(json: Json = False, demo: Demo = False) -> None:
    """
    List the accounts: id, tier, when the record was taken, name.

    Example: supportbot accounts list --demo
    """
    from supportbot.account_text import list_lines, summary_json
    from supportbot.cli.opening import opened
    from supportbot.cli.printing import print_json

    with opened(demo=demo) as backends:
        summaries = backends.accounts.list()
    if json:
        print_json([summary_json(each) for each in summaries])
    elif summaries:
        typer.echo("\n".join(list_lines(summaries)))
    else:
        typer.echo("There are no accounts yet; `supportbot accounts import FILE` loads some.")


@app.command()
def show(
    account: Annotated[str, typer.Argument(metavar="ID", help="The account.")],
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            metavar="NAME",
            help="Ask this one alone (database, http, stripe, lago); default: those configured.",
        ),
    ] = None,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """
    Show everything that is known of an account, which source says it, and how old it is.

    Example: supportbot accounts show northwind --demo
    """
    from supportbot.account_text import account_lines, source_lines
    from supportbot.accounts.record import dump_record
    from supportbot.cli.opening import account_source, opened
    from supportbot.cli.printing import print_block, print_json

    with opened(demo=demo) as backends, account_source(backends, source) as asked:
        found = asked.load(account)
    if json:
        print_json(dump_record(found.account))
        return
    typer.echo("\n".join(account_lines(found.account)))
    print_block("Read from:", source_lines(found))
