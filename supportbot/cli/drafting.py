"""What ``drafts`` does: reads the drafts that are kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from supportbot.draft_report import DraftReport, example, report
from supportbot.errors import ConfigError
from supportbot.settings import read_settings
from supportbot.store.drafts import DraftStore, KeptDraft
from supportbot.wiring import open_database

EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
OUTCOMES: Final = ("used", "edited", "rewritten", "dismissed", "superseded")


def examples(since: datetime | None, outcome: str | None) -> tuple[dict[str, Any], ...]:
    """
    Return drafts as labelled examples, the oldest first.

    Raises:
        ConfigError: there is no such outcome.
    """
    if outcome is not None and outcome not in OUTCOMES:
        raise ConfigError(f"--outcome {outcome} is none; give one of {', '.join(OUTCOMES)}.")
    with _kept() as store:
        found = store.since(_start(since))
        return tuple(example(each) for each in found if outcome in (None, each.outcome))


def reported(since: datetime | None) -> DraftReport:
    """Return the figures of drafts."""
    with _kept() as store:
        kept: tuple[KeptDraft, ...] = tuple(store.since(_start(since)))
        return report(kept, store.ratings())


def _start(since: datetime | None) -> datetime:
    return since.replace(tzinfo=UTC) if since else EVER


@contextmanager
def _kept() -> Iterator[DraftStore]:
    engine = open_database(read_settings())
    try:
        yield DraftStore(engine)
    finally:
        engine.dispose()
