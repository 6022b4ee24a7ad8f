"""What ``ask`` does once it knows what is asked."""

from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from supportbot.answer import AccountCitation, Answer, ComputedCitation
from supportbot.bot import Bot
from supportbot.cli.batch import Line, read_lines
from supportbot.cli.opening import bot_of, opened
from supportbot.cli.options import place, read_text
from supportbot.cli.printing import print_answer, print_json
from supportbot.cli.progress import bar
from supportbot.conversation import Utterance
from supportbot.render import to_json

if TYPE_CHECKING:
    from supportbot.understanding.encoder import Encoder


def answer_one(
    asked: Utterance, encoder: "Future[Encoder | None]", *, as_json: bool, demo: bool
) -> None:
    """
    Print the answer.

    Raises:
        AccountNotFound: after the answer was printed, which then speaks of no account.
    """
    with opened(demo=demo) as backends:
        answer = bot_of(backends, encoder).answer(asked)
        if as_json:
            print_json(to_json(answer))
        else:
            print_answer(answer)
        if asked.account is not None and _may_be_missing(answer):
            backends.accounts.load(asked.account, frozenset())


def _may_be_missing(answer: Answer) -> bool:
    """Whether the account was not read: it could not be, or nothing of it was asked."""
    read = any(isinstance(each, AccountCitation | ComputedCitation) for each in answer.citations)
    return not read


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
