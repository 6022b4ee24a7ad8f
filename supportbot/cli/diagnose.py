"""``supportbot diagnose``: why an account's calls fail."""

from typing import Annotated

import typer

from supportbot.cli.options import At, Demo, Json, instant_or_now

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def diagnose(
    account: Annotated[
        str, typer.Option("--account", metavar="ID", help="The account.", show_default=False)
    ],
    at: At = None,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """
    Say why access fails: causes found, ruled out, not checkable.

    Example: supportbot diagnose --account northwind --demo
    """
    from supportbot.cli.diagnosing import print_diagnosis

    print_diagnosis(account, instant_or_now(at), as_json=json, demo=demo)
