"""
The command line.  Each command is a module, imported only when it is asked for.

A new command: a module here with a Typer app called ``app``, and a line in ``MODULES``.  Such
a module imports little at its top, because ``supportbot --help`` imports them all.
"""

import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Final

import typer
from typer.core import TyperGroup

from supportbot.cli.edge import exit_code

if TYPE_CHECKING:
    from typer._click import Command, Context

MODULES: Final = {
    "ask": "supportbot.cli.ask",
    "chat": "supportbot.cli.chat",
    "diagnose": "supportbot.cli.diagnose",
    "draft": "supportbot.cli.draft",
    "drafts": "supportbot.cli.drafts",
    "serve": "supportbot.cli.serve",
    "slack": "supportbot.cli.slack",
    "agents": "supportbot.cli.agents",
    "accounts": "supportbot.cli.accounts",
    "knowledge": "supportbot.cli.knowledge",
    "encoder": "supportbot.cli.encoder",
    "evaluate": "supportbot.cli.evaluate",
    "tune": "supportbot.cli.tune",
    "train": "supportbot.cli.train",
    "doctor": "supportbot.cli.doctor",
}


class Commands(TyperGroup):
    """The commands of ``MODULES``, each loaded when it is needed."""

    def list_commands(self, ctx: "Context") -> list[str]:
        """Return the names, without loading anything."""
        return list(MODULES)

    def get_command(self, ctx: "Context", cmd_name: str) -> "Command | None":
        """Load one command; None: there is none of that name."""
        if cmd_name in MODULES and cmd_name not in self.commands:
            command = typer.main.get_command(import_module(MODULES[cmd_name]).app)
            command.name = cmd_name
            self.commands[cmd_name] = command
        return self.commands.get(cmd_name)

    def resolve_command(
        self, ctx: "Context", args: list[str]
    ) -> "tuple[str | None, Command | None, list[str]]":
        """Load all commands for one that is unknown, to suggest the nearest."""
        for name in MODULES if args[0] not in MODULES else ():
            self.get_command(ctx, name)
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=Commands,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    invoke_without_command=True,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"supportbot {version('supportbot')}")
        raise typer.Exit


@app.callback()
def supportbot(
    ctx: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print it."),
    ] = False,
) -> None:
    """
    Answers billing questions from the documentation and the customer's own account.

    Example: supportbot ask "Do my credits expire?" --demo
    """
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


def run(arguments: Sequence[str] | None = None) -> int:
    """Do what ``arguments`` say (None: those of this process) and return the exit code."""
    return exit_code(
        lambda: typer.main.get_command(app)(
            arguments, prog_name="supportbot", standalone_mode=False
        )
    )


def main() -> None:
    """
    Run the command ``supportbot``.

    Looking for garbage while thousands of modules' objects are made takes a seventh of a
    start; ``opened()`` switches it on again once they are there.
    """
    gc.disable()
    sys.exit(run())
