"""Our matcher, as it ships: what it learnt from this knowledge, or else learns anew."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from supportbot.conversation import Context
from supportbot.redaction import redact
from supportbot.settings import Settings, read_settings
from supportbot.understanding.matcher import Matcher
from supportbot.wiring import (
    model_name,
    open_encoder,
    open_library,
    open_model,
    open_translator,
    train_model,
)


def learn(examples: Sequence[dict[str, str]], kept: Path) -> None:
    """Learn from the knowledge itself, where ``examples`` are from, as if nothing shipped."""
    settings = _settings(kept)
    library, encoder = open_library(settings), open_encoder(settings)
    train_model(library, encoder, kept / "trained" / model_name(library, encoder))


def load(kept: Path) -> Callable[[str], str | None]:
    """Load the model that ships; the one in ``kept`` if the knowledge has changed since."""
    settings = _settings(kept)
    library, encoder = open_library(settings), open_encoder(settings)
    model, translator = open_model(settings, library, encoder), open_translator(settings, library)
    matcher = Matcher(model, encoder, translator)

    def answer(text: str) -> str | None:
        match = matcher.match(redact(text).text, Context())
        return match.heard[0].intent if match.heard else None

    return answer


def _settings(kept: Path) -> Settings:
    return replace(read_settings(), cache_dir=kept)
