"""What a message in another language asks, where that is beyond doubt."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Protocol

from supportbot.understanding.decision import Decision, decide
from supportbot.understanding.encoder import Encoder
from supportbot.understanding.head import read
from supportbot.understanding.model import Model
from supportbot.understanding.multilingual import READS
from supportbot.understanding.topics import OUT_OF_SCOPE, REFUSING

SHORTEST: Final = 4
"""Characters: of fewer no language can be told with certainty."""

PLAIN: Final = 0.65
"""From this on a topic is named as one on which the documentation is silent."""

log = logging.getLogger(__name__)


class Translator(Protocol):
    """Anything that understands other languages."""

    def decide(self, text: str, language: str) -> Decision | None:
        """Return what ``text`` asks; None: that cannot be told."""


@dataclass(frozen=True, slots=True)
class ForeignReader:
    """A ``Translator`` by a model trained with a multilingual encoder."""

    model: Model
    encoder: Encoder

    def decide(self, text: str, language: str) -> Decision | None:
        """See ``Translator``."""
        if language not in READS or len(text) < SHORTEST or self.model.encoder != self.encoder.name:
            return None
        try:
            reading = read(self.model, self.encoder, [text], thorough=True)
        except Exception:  # whatever the package raises: the honest refusal is there still
            log.exception("A message in another language could not be read.")
            return None
        decision = decide(reading, self.model.thresholds)
        if decision is None or decision.topic.intent not in REFUSING:
            return decision
        # The refusal in their own language says as much, so only what is plain is told apart.
        if decision.topic.intent == OUT_OF_SCOPE:
            plain = decision.confidence >= self.model.thresholds.answer
        else:
            plain = dict(reading.topics)[decision.topic] >= PLAIN
        return decision if plain else None


class LazyTranslator:
    """A ``Translator`` that is opened by the first message in another language."""

    def __init__(self, opened: Callable[[], Translator | None]) -> None:
        """``opened`` returns None when there is none; then nothing is understood."""
        self._opened = opened

    def decide(self, text: str, language: str) -> Decision | None:
        """See ``Translator``."""
        return self._translator.decide(text, language) if self._translator else None

    @cached_property
    def _translator(self) -> Translator | None:
        return self._opened()
