"""``supportbot doctor``: what works, and how to mend what does not."""

import typer

from supportbot.cli.options import Json

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def doctor(json: Json = False) -> None:
    """
    Say what is configured, what works, and what to mend.

    The exit code is 1 if questions cannot be answered.

    Example: supportbot doctor
    """
    from supportbot.cli.printing import print_json
    from supportbot.doctor import as_json, as_lines, examine

    report = examine()
    if json:
        print_json(as_json(report))
    else:
        typer.echo("\n".join(as_lines(report)))
    if not report.can_answer:
        raise typer.Exit(1)
