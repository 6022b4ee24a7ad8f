"""``supportbot chat``: a conversation in the terminal."""

import typer

from supportbot.cli.options import Account, Demo, User

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def chat(account: Account = None, user: User = None, demo: Demo = False) -> None:
    """
    Talk about billing, one line a message.

    Ctrl-D or "exit" ends it.

    Example: supportbot chat --account northwind --demo
    """
    from supportbot.cli.chatting import converse

    converse(account, user, demo=demo)
