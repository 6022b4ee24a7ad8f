"""``supportbot draft``: a reply for a support agent to check and send."""

from typing import Annotated

import typer

from supportbot.cli.options import Account, At, Demo, Json, User, instant_or_now, read_text
from supportbot.conversation import well_formed

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def draft(
    ticket: Annotated[
        str, typer.Argument(metavar="FILE|-", help="The ticket's text; - is standard input.")
    ],
    account: Account = None,
    user: User = None,
    at: At = None,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """
    Draft a reply to a ticket, with its grounds for the agent.

    Example: supportbot draft ticket.txt --account northwind
    """
    from supportbot.cli.opening import bot_of, opened
    from supportbot.cli.printing import print_json, print_markdown
    from supportbot.conversation import Utterance
    from supportbot.drafting import as_json, for_the_agent
    from supportbot.drafting import draft as drafted

    asked = Utterance(well_formed(read_text(ticket)), instant_or_now(at), account, user)
    with opened(demo=demo) as backends:
        made = drafted(bot_of(backends), asked)
        if json:
            print_json(as_json(made))
        else:
            print_markdown(made.reply)
            typer.echo(f"\n{for_the_agent(made)}")
        if account is not None:
            backends.accounts.load(account, frozenset())
