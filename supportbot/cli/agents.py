"""``supportbot agents``: who may work in the console."""

from typing import Annotated

import typer

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.callback()
def agents() -> None:
    """
    Say who may work in the console.

    Example: supportbot agents add ann@example.com
    """


@app.command()
def add(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The agent's e-mail address.")],
    admin: Annotated[bool, typer.Option("--admin", help="May do everything.")] = False,
) -> None:
    """
    Add an agent and print a one-time link, at which a password is chosen within a day.

    Of one who is there already the password and the sessions end.

    Example: supportbot agents add ann@example.com
    """
    from supportbot.errors import ConfigError
    from supportbot.settings import read_settings
    from supportbot.store.agents import Agent, AgentStore
    from supportbot.wiring import open_database

    address = email.strip().lower()
    if "@" not in address.strip("@") or not address.isprintable() or " " in address:
        raise ConfigError(f"{email!r} is no e-mail address; give one like ann@example.com.")
    settings = read_settings()
    engine = open_database(settings)
    try:
        key = AgentStore(engine).add(Agent(address, admin))
    finally:
        engine.dispose()
    place = settings.public_url or "http://127.0.0.1:8080"
    typer.echo(f"{place}/console/set-up/{key}")
