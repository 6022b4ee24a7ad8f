"""What ``drafts`` does: reads the drafts that are kept."""

from datetime import UTC, datetime
from typing import Any, Final, get_args

from supportbot.cli.opening import database
from supportbot.draft_report import DraftReport, example, report
from supportbot.errors import ConfigError
from supportbot.store.drafts import DraftStore, KeptDraft, Outcome

EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)


def examples(since: datetime | None, outcome: str | None) -> tuple[dict[str, Any], ...]:
    """
    Return drafts as labelled examples, the oldest first.

    Raises:
        ConfigError: there is no such outcome.
    """
    if outcome is not None and outcome not in OUTCOMES:
        raise ConfigError(f"--outcome {outcome} is none; give one of {', '.join(OUTCOMES)}.")
    with database() as engine:
        found = DraftStore(engine).since(_start(since))
        return tuple(example(each) for each in found if outcome in (None, each.outcome))


def reported(since: datetime | None) -> DraftReport:
    """Return the figures of drafts."""
    with database() as engine:
        store = DraftStore(engine)
        kept: tuple[KeptDraft, ...] = tuple(store.since(_start(since)))
        return report(kept, store.ratings())


def _start(since: datetime | None) -> datetime:
    return since.replace(tzinfo=UTC) if since else EVER
