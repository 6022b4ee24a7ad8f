"""The loop of ``chat``."""

import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

import typer

from supportbot.cli.opening import bot_of, opened
from supportbot.cli.printing import print_answer
from supportbot.conversation import Utterance, well_formed

PROMPT: Final = "> "
LAST_WORDS: Final = frozenset({"exit", "quit"})


def converse(account: str | None, user: str | None, *, demo: bool) -> None:
    """
    Answer messages until there are no more; they are one conversation.

    Raises:
        AccountNotFound: before the first message, when there is no such account.
    """
    with opened(demo=demo) as backends:
        if account is not None:
            backends.accounts.load(account, frozenset())
        bot = bot_of(backends)
        conversation = None
        for text in _messages():
            asked = Utterance(text, datetime.now(UTC), account, user, conversation=conversation)
            answer = bot.answer(asked)
            conversation = answer.conversation
            print_answer(answer)
            typer.echo()


def _messages() -> Iterator[str]:
    """Yield what is typed, or piped in, without blank lines."""
    for line in _typed() if sys.stdin.isatty() else _piped():
        text = well_formed(line).strip()
        if text.lower() in LAST_WORDS:
            return
        if text:
            yield text


def _typed() -> Iterator[str]:
    with suppress(ImportError):
        import readline  # noqa: F401 -- importing it gives input() arrow keys and history

    typer.echo('Ask about billing. Ctrl-D or "exit" ends.')
    while True:
        try:
            yield input(PROMPT)
        except EOFError:
            typer.echo()
            return


def _piped() -> Iterator[str]:
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace")
