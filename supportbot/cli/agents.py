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

    Where agents sign in by OpenID Connect, the link is that of the sign-in.

    Of one who is there already the password and the sessions end.

    Example: supportbot agents add ann@example.com
    """
    from supportbot.cli.opening import database
    from supportbot.errors import ConfigError
    from supportbot.settings import read_settings
    from supportbot.store.agents import Agent, AgentStore, is_address

    address = email.strip().lower()
    if not is_address(address):
        raise ConfigError(f"{email!r} is no e-mail address; give one like ann@example.com.")
    with database() as engine:
        key = AgentStore(engine).add(Agent(address, admin))
    settings = read_settings()
    place = settings.public_url or "http://127.0.0.1:8080"
    way = "sign-in" if settings.web.oidc else f"set-up/{key}"
    typer.echo(f"{place}/console/{way}")


@app.command(name="list")
def list_agents() -> None:
    """
    List the agents.

    Example: supportbot agents list
    """
    from supportbot.cli.opening import database
    from supportbot.store.reports import Reports

    with database() as engine:
        rows = Reports(engine).agents()
    for email, admin, ready, at in rows:
        role = "admin" if admin else "agent"
        typer.echo(f"{email}  {role}, since {at:%Y-%m-%d}{'' if ready else ', no password yet'}")
    if not rows:
        typer.echo("There are no agents yet; `supportbot agents add EMAIL` adds one.")


@app.command()
def remove(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The agent's e-mail address.")],
) -> None:
    """
    Let an agent in no more; their sessions end at once.

    Example: supportbot agents remove ann@example.com
    """
    from supportbot.cli.opening import database
    from supportbot.store.agents import AgentStore

    with database() as engine:
        gone = AgentStore(engine).remove(email.strip().lower(), "operator")
    if not gone:
        typer.echo(f"{email} was no agent.", err=True)
        raise typer.Exit(1)
    typer.echo(f"{email} is no longer an agent.")
