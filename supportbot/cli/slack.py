"""``supportbot slack``: Slack over Socket Mode, and links made by hand."""

from typing import Annotated

import typer

app = typer.Typer(add_completion=False, rich_markup_mode=None, invoke_without_command=True)
Team = Annotated[str, typer.Argument(metavar="TEAM", help="The workspace's id, like T024BE7LD.")]
User = Annotated[str, typer.Argument(metavar="USER", help="The user's id, like U2147483697.")]


@app.callback()
def slack(ctx: typer.Context) -> None:
    """
    Answer in Slack over Socket Mode until told to stop; or link users by hand.

    Example: supportbot slack link T024BE7LD U2147483697 northwind
    """
    if ctx.invoked_subcommand is None:
        from supportbot.cli.slacking import run_socket

        run_socket()


@app.command()
def link(
    team: Team,
    user: User,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The customer's account.")],
    email: Annotated[
        str | None, typer.Option("--email", metavar="EMAIL", help="As which member of the account.")
    ] = None,
) -> None:
    """
    Bind a Slack user to an account by hand; it is written into the audit.

    Example: supportbot slack link T024BE7LD U2147483697 northwind --email olga@northwind.example
    """
    from supportbot.cli.slacking import bind

    bind(team, user, account, email)
    typer.echo(f"Slack user {user} of {team} is linked to the account {account}.")


@app.command()
def unlink(team: Team, user: User) -> None:
    """
    Undo the link of a Slack user, at once.

    Example: supportbot slack unlink T024BE7LD U2147483697
    """
    from supportbot.cli.slacking import unbind

    if not unbind(team, user):
        typer.echo(f"Slack user {user} of {team} was not linked to an account.", err=True)
        raise typer.Exit(1)
    typer.echo(f"Slack user {user} of {team} is no longer linked.")


@app.command()
def agent(
    team: Team,
    user: User,
    email: Annotated[
        str | None, typer.Argument(metavar="EMAIL", help="The agent's address in the console.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Let them no longer.")] = False,
) -> None:
    """
    Let a Slack user draft replies as a support agent; it is written into the audit.

    Example: supportbot slack agent T024BE7LD U2147483697 ann@example.com
    """
    from supportbot.cli.slacking import add_agent, remove_agent

    if remove:
        gone = remove_agent(team, user)
        typer.echo(f"Slack user {user} of {team} {'is no longer' if gone else 'was not'} an agent.")
        return
    if email is None:
        raise typer.BadParameter("give the agent's e-mail address, or --remove.")
    add_agent(team, user, email)
    typer.echo(f"Slack user {user} of {team} drafts replies as {email}.")


@app.command()
def key() -> None:
    """
    Print a new key that encrypts the tokens of workspaces.

    Example: supportbot slack key
    """
    from cryptography.fernet import Fernet

    typer.echo(Fernet.generate_key().decode())


@app.command()
def manifest() -> None:
    """
    Print the manifest by which the app is made in Slack.

    Example: supportbot slack manifest > slack_manifest.json
    """
    from supportbot.channels.slack.manifest import manifest as made
    from supportbot.cli.printing import print_json
    from supportbot.settings import read_settings

    print_json(made(read_settings().public_url))
