"""
What the bot makes of labelled messages, as plain values.

A question by itself goes to the matcher.  In a dialogue each turn also goes through a bot with
a throw-away store and no account, because its answer decides what the next turn may refer to.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from supportbot.accounts.memory import MemoryAccounts
from supportbot.bot import LONGEST_MESSAGE, Bot
from supportbot.conversation import Context, Utterance
from supportbot.evaluation.cases import Case, Conversation
from supportbot.knowledge.library import Library
from supportbot.redaction import redact
from supportbot.store.memory import MemoryConversations
from supportbot.understanding.encoder import Encoder
from supportbot.understanding.foreign import Translator
from supportbot.understanding.matcher import Kind, Match, Matcher
from supportbot.understanding.model import Model

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""Any instant would do, as there is no account; a fixed one keeps results the same."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was heard in a message."""

    intent: str
    topic: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Hearing:
    """
    What was made of one message.

    ``text`` is the message as the matcher read it.  ``guess`` is what it would have been taken
    for had being unsure not been allowed; the same as ``heard`` when it was understood.
    ``near`` are the topics that come closest to it, those heard first.
    """

    kind: Kind
    text: str
    heard: tuple[Hit, ...] = ()
    guess: tuple[Hit, ...] = ()
    near: tuple[str, ...] = ()

    @property
    def first(self) -> Hit | None:
        """What was heard first; None: nothing was understood."""
        return self.heard[0] if self.heard else None


@dataclass(frozen=True, slots=True)
class Heard:
    """A labelled message, and what was made of it; ``turn`` is counted from 1 in a dialogue."""

    case: Case
    hearing: Hearing
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Ears:
    """The matcher in question, and the same one when it is never unsure of an answer."""

    matcher: Matcher
    willing: Matcher

    @classmethod
    def of(
        cls, model: Model, encoder: Encoder | None, translator: Translator | None = None
    ) -> "Ears":
        """Put both together from a trained model."""
        thresholds = replace(model.thresholds, answer=0.0, by_intent={})
        never_unsure = replace(model, thresholds=thresholds)
        return cls(Matcher(model, encoder, translator), Matcher(never_unsure, encoder, translator))

    def hear(self, message: str, context: Context) -> Hearing:
        """Return what is made of ``message``."""
        if len(message) > LONGEST_MESSAGE:  # the bot does not read it either
            return Hearing("unsure", message[:LONGEST_MESSAGE])
        asked = redact(message).text
        match = self.matcher.match(asked, context)
        heard = _hits(match)
        unsure = match.kind == "unsure" and not match.degraded
        guess = _hits(self.willing.match(asked, context)) if unsure else heard
        near = tuple(each.topic for each in match.heard) or match.suggestions
        return Hearing(match.kind, asked, heard, guess, near)


def listen(
    conversations: Sequence[Conversation],
    ears: Ears,
    library: Library,
    progress: Progress | None = None,
) -> tuple[Heard, ...]:
    """Return what is made of every message, in their order."""
    found: list[Heard] = []
    bot = Bot(ears.matcher, library, MemoryAccounts({}), MemoryConversations())
    for number, conversation in enumerate(conversations, 1):
        if len(conversation) == 1:
            hearing = ears.hear(conversation[0].text, Context())
            found.append(Heard(conversation[0], hearing))
        else:
            found += _dialogue(conversation, ears, bot, f"cnv_{number}")
        if progress:
            progress(number, len(conversations))
    return tuple(found)


def _dialogue(turns: Conversation, ears: Ears, bot: Bot, name: str) -> Iterator[Heard]:
    for number, case in enumerate(turns, 1):
        context = bot.store.context(name, "", None, None)
        yield Heard(case, ears.hear(case.text, context), number)
        at = START + timedelta(minutes=number)
        bot.answer(Utterance(case.text, at=at, conversation=name))


def _hits(match: Match) -> tuple[Hit, ...]:
    """Return what was heard, each intent once, as an answer names them."""
    first: dict[str, Hit] = {}
    for each in match.heard:
        first.setdefault(each.intent, Hit(each.intent, each.topic, each.confidence))
    return tuple(first.values())
