"""What helpdesks told us: each delivery once, until its note is posted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from supportbot.store.engine import writing
from supportbot.store.faults import plain_faults
from supportbot.store.tables import desk_events

HOLD: Final = timedelta(seconds=60)
KEPT: Final = timedelta(days=30)
WAITING: Final = "waiting"
WATCHING: Final = "watching"
"""Its note is posted; whether an agent replied is still looked at."""

Outcome = Literal["done", "waiting", "watching", "given_up"]


@dataclass(frozen=True, slots=True)
class DeskEvent:
    """
    A customer wrote in a ticket, and a note with a draft is to be posted.

    ``told`` is what came with it, redacted, where the ticket cannot be read.
    """

    key: str
    desk: str
    ticket: str
    tries: int = 0
    state: str = WAITING
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    told: Mapping[str, str] = field(default_factory=dict)


class DeskQueue:
    """The table of events.  Every method raises StoreUnavailable when it cannot."""

    def __init__(self, engine: Engine) -> None:
        """Use the database that ``engine`` opens."""
        self._engine = engine

    def take_in(self, event: DeskEvent) -> bool:
        """Store an event; False: it was stored before."""
        now = datetime.now(UTC)
        values = {
            "key": event.key,
            "desk": event.desk,
            "ticket": event.ticket,
            "state": "waiting",
            "due": now,
            "tries": 0,
            "at": now,
            "told": dict(event.told),
        }
        with plain_faults(self._engine):
            try:
                with writing(self._engine).begin() as connection:
                    connection.execute(delete(desk_events).where(desk_events.c.at < now - KEPT))
                    connection.execute(insert(desk_events), values)
            except IntegrityError:
                return False
        return True

    def due(self) -> tuple[DeskEvent, ...]:
        """Take on what is due; each is left alone by others for a while."""
        now = datetime.now(UTC)
        ready = desk_events.c.state.in_((WAITING, WATCHING)), desk_events.c.due <= now
        with plain_faults(self._engine), self._engine.connect() as connection:
            rows = connection.execute(select(desk_events).where(*ready).limit(20)).all()
        return tuple(
            DeskEvent(r.key, r.desk, r.ticket, r.tries, r.state, r.at, r.told or {})
            for r in rows
            if self._hold(r.key, r.due)
        )

    def settle(self, event: DeskEvent, outcome: Outcome, seconds: float = 0.0) -> None:
        """Write down what became of an event; ``seconds`` until it may be tried again."""
        begins = outcome == WATCHING != event.state
        values: dict[str, Any] = {
            "state": outcome,
            "due": datetime.now(UTC) + timedelta(seconds=seconds),
            "tries": 0 if begins else event.tries + 1,
        }
        if outcome != WAITING:
            values["told"] = {}  # what was told is not kept longer than it is needed
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            connection.execute(
                update(desk_events).where(desk_events.c.key == event.key).values(**values)
            )

    def _hold(self, key: str, due: datetime) -> bool:
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            held = connection.execute(
                update(desk_events)
                .where(desk_events.c.key == key, desk_events.c.due == due)
                .values(due=datetime.now(UTC) + HOLD)
            )
        return bool(held.rowcount)
