"""
From a message to topics: what it asks, or that it cannot be told.

In this order: nothing to read, an elliptic message, a question known to the letter, another
language, the encoder.  Each step either settles the matter or leaves it to the next.
"""

import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from threading import BoundedSemaphore
from typing import Final, Literal

from supportbot.conversation import Context
from supportbot.errors import EncoderUnavailable
from supportbot.understanding.decision import (
    DEFAULT_SUGGESTIONS,
    TROUBLES,
    Decision,
    decide,
    suggestions,
)
from supportbot.understanding.encoder import Encoder
from supportbot.understanding.followups import (
    FRAGMENT_WORDS,
    MOST_WORDS,
    Reference,
    dangling,
    leans,
    reference,
)
from supportbot.understanding.foreign import Translator
from supportbot.understanding.glossary import glossary
from supportbot.understanding.head import Reading, read
from supportbot.understanding.language import foreign_language
from supportbot.understanding.model import Model
from supportbot.understanding.questions import questions
from supportbot.understanding.splitting import without_denied
from supportbot.understanding.text import has_words, tidy
from supportbot.understanding.topics import OUT_OF_SCOPE, REFUSING, Topic

Kind = Literal["understood", "unsure", "foreign", "empty"]

EXACT: Final = 0.99
REFERRED: Final = 0.9
ASSUMED: Final = 0.6
"""Confidence that an elliptic message is about the topic before it, by other signs than words."""
ITS_OWN: Final = 0.99
"""A short message that is so clear by itself is not looked at in its context."""
OWN_WISH: Final = 0.7
MEANT_FOR_IT: Final = frozenset({("past_due_invoice", "credits_usage")})
"""After an invoice that is overdue, "can I use credits?" is asked about that invoice."""
LONGEST_SAID: Final = 200
"""Characters: longer words would leave the encoder no room for what was said after them."""
NEVER_ELLIPTIC: Final = frozenset({"human_handoff", "thanks"})
OWN_NEWS: Final = (TROUBLES | NEVER_ELLIPTIC) - {"job_balance_requirement"}
"""What a reply may tell of that is a matter of its own; "yes, it has enough" tells of none."""
ALONE: Final = 0.8
"""Confidence of a match that the words alone decided."""

log = logging.getLogger(__name__)


AT_ONCE: Final = BoundedSemaphore(os.cpu_count() or 1)
"""As many matches at once as there are processors: more would only fight for the interpreter."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that was asked; ``text`` is the part of the message that asks it."""

    topic: str
    intent: str
    confidence: float
    text: str


@dataclass(frozen=True, slots=True)
class Match:
    """
    What a message asks, in the order of its text.

    ``suggestions`` are two or three topics' slugs, and only there when ``unsure``.
    ``degraded``: the encoder could not be used.  ``language`` is that of a message that is not
    in English: of every ``foreign`` one, and of one that was understood all the same.
    """

    kind: Kind
    heard: tuple[Heard, ...] = ()
    suggestions: tuple[str, ...] = ()
    degraded: bool = False
    language: str | None = None


class Matcher:
    """Matches messages with a trained model.  Threads may share one."""

    def __init__(
        self, model: Model, encoder: Encoder | None, translator: Translator | None = None
    ) -> None:
        """
        An encoder other than the one that the model was trained with is not used.

        Without a ``translator`` every message in another language is ``foreign``.
        """
        self._translator = translator
        self._model = model
        self._encoder = encoder if encoder and encoder.name == model.encoder else None
        self._topics = {topic.slug: topic for topic in model.topics}

    @property
    def has_encoder(self) -> bool:
        """Whether meaning is understood; without, only questions known to the letter are."""
        return self._encoder is not None

    def match(self, text: str, context: Context) -> Match:
        """Return what ``text`` asks; ``context`` is what the conversation was about."""
        message = tidy(text)
        if not has_words(message):
            return self._unread(text, context)
        with AT_ONCE:
            return (
                self._elliptic(message, context)
                or self._known(message)
                or self._dangling(message, context)
                or self._foreign(message)
                or self._understood(message, context)
            )

    def _unread(self, text: str, context: Context) -> Match:
        if not text.strip():
            return Match("empty")
        return Match("unsure", suggestions=self._offered(context.topics))

    def _elliptic(self, message: str, context: Context) -> Match | None:
        found = reference(message, context)
        if found is None or found.topic not in self._topics:
            return None
        if found.content and foreign_language(message):  # "no" and "also" are words there, too
            return None
        if found.content is None:
            return self._match([(message, Decision(self._topics[found.topic], REFERRED))])
        try:
            decision = self._continued(found, found.content, context.said)
        except Exception:  # see _understood, which says so and goes on without
            return None
        return self._match([(message, decision)])

    def _continued(self, found: Reference, content: str, said: str) -> Decision:
        """Return the topic of what was added, or the last one with the addition."""
        before = self._topics[found.topic]
        alone = self._decided(content)
        if found.replying:
            own = alone and alone.topic.intent in OWN_NEWS and alone.confidence >= OWN_WISH
            named = alone if own else self._named_by(content, before, said)
            return named or Decision(before, ASSUMED)
        if alone and _by_itself(content, alone, before) and not _stray(content, alone):
            return alone
        return self._together(content, before, said) or Decision(before, ASSUMED)

    def _named_by(self, told: str, before: Topic, said: str) -> Decision | None:
        """Return what is covered after all of what was refused, now that more of it is told."""
        if before.intent not in REFUSING or not said:
            return None
        now = self._decided(f"{said} {told}")
        return now if now and now.topic.intent not in REFUSING else None

    def _together(self, content: str, before: Topic, said: str) -> Decision | None:
        """Read ``content`` by itself, after the topic before it, and after what was ``said``."""
        after = (before.title, said) if said and len(said) <= LONGEST_SAID else (before.title,)
        reading = self._read(content, *(f"{lead} {content}" for lead in after))
        together = decide(reading, self._model.thresholds)
        fits = together and (together.topic.intent != OUT_OF_SCOPE or before == together.topic)
        return together if fits else None

    def _known(self, message: str) -> Match | None:
        owner = self._model.known.find(message)
        if owner is None:
            return None
        return self._match([(message, Decision(self._model.topics[owner], EXACT))])

    def _dangling(self, message: str, context: Context) -> Match | None:
        return self._unread(message, context) if dangling(message) else None

    def _foreign(self, message: str) -> Match | None:
        language = foreign_language(message)
        if language is None:
            return None
        decision = (
            self._translator.decide(message, language, self._glossed(message, language))
            if self._translator
            else None
        )
        if decision is None or decision.topic.slug not in self._topics:
            return Match("foreign", language=language)
        return replace(self._match([(message, decision)]), language=language)

    def _glossed(self, message: str, language: str) -> Reading | None:
        """Read ``message`` word for word in English; None: that cannot be done."""
        words = glossary(language)
        if words is None or self._encoder is None:
            return None
        try:
            english = words.english(message)
            return self._read(english) if english else None
        except Exception:  # whatever the packages raise: the other encoder can do without
            log.exception("A message could not be read word for word.")
            return None

    def _understood(self, message: str, context: Context) -> Match:
        if self._encoder is None:
            return self._by_words(message)
        try:
            return self._by_meaning(message, context)
        except Exception:  # whatever the runtime raises: words alone are better than nothing
            log.exception("The encoder failed; the words alone decide.")
            return self._by_words(message)

    def _by_meaning(self, message: str, context: Context) -> Match:
        said = without_denied(message)
        read = cache(lambda piece: self._read(piece))
        thresholds = self._model.thresholds
        whole = read(said)
        decision = decide(whole, thresholds)
        found = questions(said, read, thresholds)
        if len({part.topic.intent for _, part in found}) > 1 or (found and not decision):
            return self._match(found)
        decision = self._cleared(message, decision, context)
        if decision is None:
            return Match("unsure", suggestions=suggestions(whole))
        return self._match([(message, decision)])

    def _cleared(self, message: str, alone: Decision | None, context: Context) -> Decision | None:
        """Take a short message that is not clear by itself for what it is in its ``context``."""
        before = self._topics.get(context.topics[0]) if context.topics else None
        if before is None or len(message.split()) > MOST_WORDS:
            return alone
        if alone and _by_itself(message, alone, before):
            return alone
        return self._together(message, before, context.said) or alone

    def _by_words(self, message: str) -> Match:
        owner = self._model.known.find_alone(message)
        if owner is None:
            near = self._model.known.nearest(message)
            offered = self._offered(self._model.topics[n].slug for n in near)
            return Match("unsure", suggestions=offered, degraded=True)
        decision = Decision(self._model.topics[owner], ALONE)
        return self._match([(message, decision)], degraded=True)

    def _decided(self, part: str) -> Decision | None:
        return decide(self._read(part), self._model.thresholds)

    def _read(self, *wordings: str) -> Reading:
        if self._encoder is None:
            raise EncoderUnavailable("There is no encoder.")
        mended = [self._model.lexicon.mend(text) for text in wordings]
        return read(self._model, self._encoder, mended)

    def _match(self, found: Iterable[tuple[str, Decision]], degraded: bool = False) -> Match:
        heard = tuple(
            Heard(
                topic=decision.topic.slug,
                intent=decision.topic.intent,
                confidence=decision.confidence,
                text=part,
            )
            for part, decision in found
        )
        return Match("understood", heard, degraded=degraded)

    def _offered(self, first: Iterable[str]) -> tuple[str, ...]:
        """Return up to three topics: ``first``, filled up with what is asked most."""
        known = (slug for slug in (*first, *DEFAULT_SUGGESTIONS) if slug in self._topics)
        return tuple(dict.fromkeys(known))[:3]


def _by_itself(content: str, alone: Decision, before: Topic) -> bool:
    """Whether ``content`` is so clear that what was talked about ``before`` tells no more."""
    if alone.topic.intent in NEVER_ELLIPTIC:
        return alone.confidence >= OWN_WISH
    meant_for_it = (before.intent, alone.topic.intent) in MEANT_FOR_IT
    return alone.confidence >= ITS_OWN and not (meant_for_it or leans(content))


def _stray(content: str, alone: Decision) -> bool:
    """Whether ``content`` is so short that it only seems to be about something else entirely."""
    return len(content.split()) <= FRAGMENT_WORDS and alone.topic.intent == OUT_OF_SCOPE
