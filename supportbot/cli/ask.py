"""``supportbot ask``: one answer, or one for each line of a file."""

from typing import Annotated

import typer

from supportbot.cli.options import (
    STDIN,
    Account,
    At,
    Conversation,
    Demo,
    Json,
    User,
    instant_or_now,
    read_text,
)
from supportbot.conversation import well_formed
from supportbot.errors import ConfigError

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def ask(
    question: Annotated[
        str | None,
        typer.Argument(metavar="[QUESTION]", help="The question; - reads it from standard input."),
    ] = None,
    account: Account = None,
    user: User = None,
    conversation: Conversation = None,
    at: At = None,
    json: Json = False,
    demo: Demo = False,
    batch: Annotated[
        str | None,
        typer.Option(
            "--batch", metavar="FILE|-", help='JSON Lines of {"id", "text", …} in, answers out.'
        ),
    ] = None,
) -> None:
    """
    Answer a billing question, with its sources.

    An answer is printed also when the account is not found; the exit code is 1 then.

    Lines of --batch may have "account", "user", "conversation" and "at" of their own; the
    options hold for those that do not.  The output is one Answer object a line, in the same
    order, with the line's "id" as "ref".

    Example: supportbot ask "Do my credits expire?" --account northwind --demo
    """
    if (question is None) == (batch is None):
        raise ConfigError("Give either a question, or --batch with a file of them.")
    from supportbot.settings import read_settings
    from supportbot.wiring import encoder_beside

    encoder = encoder_beside(read_settings())  # while the rest is imported
    from supportbot.cli.asking import answer_batch, answer_one
    from supportbot.conversation import Utterance

    asked = Utterance(
        text=well_formed(read_text(STDIN) if question == STDIN else question or ""),
        at=instant_or_now(at),
        account=account,
        user=user,
        conversation=conversation,
    )
    if batch is None:
        answer_one(asked, encoder, as_json=json, demo=demo)
    else:
        answer_batch(batch, asked, encoder, demo=demo)
