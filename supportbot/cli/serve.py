"""``supportbot serve``: the HTTP API, the widget and the console."""

from typing import Annotated

import typer

from supportbot.cli.options import Demo

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def serve(
    host: Annotated[str, typer.Option("--host", help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="0 takes one that is free.")
    ] = 8080,
    demo: Demo = False,
) -> None:
    """
    Serve the HTTP API, the widget and the console until it is told to stop.

    Example: supportbot serve --demo
    """
    from supportbot.cli.serving import run_server

    run_server(host, port, demo=demo)
