"""What ``ask`` does once it knows what is asked."""

from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import typer

from supportbot.accounts.source import AccountSource
from supportbot.bot import Bot
from supportbot.cli.batch import Line, read_lines
from supportbot.cli.opening import bot_of, opened
from supportbot.cli.options import place, read_text
from supportbot.cli.printing import print_answer, print_json
from supportbot.cli.progress import bar
from supportbot.conversation import Utterance
from supportbot.errors import AccountError, AccountNotFound, SourceUnavailable
from supportbot.render import to_json
from supportbot.snapshot import EVERY_PART, Snapshot

if TYPE_CHECKING:
    from supportbot.understanding.encoder import Encoder


class Noting:
    """A source that remembers how asking it ended, so that nobody has to be asked again."""

    def __init__(self, source: AccountSource) -> None:
        self._source = source
        self.asked = False
        self.error: AccountError | None = None

    def load(self, account_id: str, parts: frozenset[str] = EVERY_PART) -> Snapshot:
        """Ask the source."""
        self.asked, self.error = True, None
        try:
            return self._source.load(account_id, parts)
        except AccountError as error:
            self.error = error
            raise


def answer_one(
    asked: Utterance, encoder: "Future[Encoder | None]", *, as_json: bool, demo: bool
) -> None:
    """
    Print the answer, and on the error stream why the account could not be read just now.

    Raises:
        AccountNotFound: after the answer was printed, which then speaks of no account.
    """
    with opened(demo=demo) as backends:
        noting = Noting(backends.accounts)
        answer = replace(bot_of(backends, encoder), accounts=noting).answer(asked)
        if as_json:
            print_json(to_json(answer))
        else:
            print_answer(answer)
        if asked.account is not None and not noting.asked:
            with suppress(SourceUnavailable):  # nothing of it was needed
                noting.load(asked.account, frozenset())
        if isinstance(noting.error, AccountNotFound):
            raise noting.error
        if noting.error:
            typer.echo(str(noting.error), err=True)


def answer_batch(
    source: str, defaults: Utterance, encoder: "Future[Encoder | None]", *, demo: bool
) -> None:
    """Print an Answer object for each line; a bad line stops it before the first."""
    lines = read_lines(read_text(source, largest=None), place(source), defaults)
    with opened(demo=demo) as backends:
        bot = bot_of(backends, encoder)
        with bar("Answering", beside_output=True) as progress:
            for done, line in enumerate(lines, 1):
                print_json(_answered(bot, line), indent=None)
                if progress:
                    progress(done, len(lines))


def _answered(bot: Bot, line: Line) -> dict[str, Any]:
    return to_json(bot.answer(line.asked), line.ref)
