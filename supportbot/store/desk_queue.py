"""What helpdesks told us: each delivery once, until its note is posted."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from supportbot.store.engine import writing
from supportbot.store.faults import plain_faults
from supportbot.store.tables import desk_events

HOLD: Final = timedelta(seconds=60)
KEPT: Final = timedelta(days=30)
Outcome = Literal["done", "waiting", "given_up"]


@dataclass(frozen=True, slots=True)
class DeskEvent:
    """A customer wrote in a ticket, and a note with a draft is to be posted."""

    key: str
    desk: str
    ticket: str
    tries: int = 0


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
        ready = desk_events.c.state == "waiting", desk_events.c.due <= now
        with plain_faults(self._engine), self._engine.connect() as connection:
            rows = connection.execute(select(desk_events).where(*ready).limit(20)).all()
        return tuple(
            DeskEvent(r.key, r.desk, r.ticket, r.tries) for r in rows if self._hold(r.key, r.due)
        )

    def settle(self, event: DeskEvent, outcome: Outcome, seconds: float = 0.0) -> None:
        """Write down what became of an event; ``seconds`` until it may be tried again."""
        values = {
            "state": outcome,
            "due": datetime.now(UTC) + timedelta(seconds=seconds),
            "tries": event.tries + 1,
        }
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
