"""Drafts that agents were shown, what became of each, and what they thought of it."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final, Literal, get_args

from sqlalchemy import Connection, Engine, delete, insert, select, update

from supportbot.store.engine import writing
from supportbot.store.faults import plain_faults
from supportbot.store.tables import draft_ratings, drafts

Outcome = Literal["used", "edited", "rewritten", "dismissed", "superseded"]
Reason = Literal["incorrect", "incomplete", "outdated", "inappropriate", "other"]
REASONS: Final[tuple[Reason, ...]] = get_args(Reason)
SNIPPET: Final = "snippet"
"""The kind of what an agent looked up to insert: no draft of its own, so never settled."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """For what, when and for whom a draft was made; ``question`` is redacted."""

    kind: str
    subject: str
    version: str
    agent: str | None
    at: datetime
    account: str | None
    question: str


@dataclass(frozen=True, slots=True)
class KeptDraft(Drafted):
    """
    A draft; ``sent`` is redacted, ``body`` is the Draft object as JSON.

    ``outcome`` None: nothing has become of it yet.  ``distance`` from 0, as drafted, to 1.
    """

    id: str
    body: str
    outcome: Outcome | None = None
    distance: float | None = None
    reason: str | None = None
    sent: str | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a draft; the names are those of ``KeptDraft``."""

    draft: str
    outcome: Outcome
    at: datetime
    by: str | None = None
    distance: float | None = None
    reason: str | None = None
    sent: str | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    """What an agent thought of a draft, or of its source with that number; 0: of the whole."""

    draft: str
    source: int
    agent: str
    helpful: bool


class DraftStore:
    """The tables of drafts.  Every method raises StoreUnavailable when it cannot."""

    def __init__(self, engine: Engine) -> None:
        """Use the database that ``engine`` opens."""
        self._engine = engine

    def keep(self, made: KeptDraft) -> None:
        """
        Keep a draft; made again under its id, its text is replaced until something became of it.

        Those of its subject of which nothing had become are superseded, but for snippets.
        """
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            before = _find(connection, made.id)
            if before is not None:
                if before.outcome is None and before.body != made.body:
                    place = drafts.c.id == made.id
                    connection.execute(update(drafts).where(place).values(**asdict(made)))
                return
            if made.kind != SNIPPET and made.subject:
                connection.execute(
                    update(drafts)
                    .where(
                        drafts.c.kind == made.kind,
                        drafts.c.subject == made.subject,
                        drafts.c.outcome.is_(None),
                    )
                    .values(outcome="superseded", settled_at=made.at)
                )
            connection.execute(insert(drafts), asdict(made))

    def of(self, draft_id: str) -> KeptDraft | None:
        """Return a draft; None: there is none."""
        with plain_faults(self._engine), self._engine.connect() as connection:
            return _find(connection, draft_id)

    def on(self, draft_id: str, kind: str, subject: str) -> KeptDraft | None:
        """Return a draft if it is on that subject; None: there is none such."""
        kept = self.of(draft_id)
        return kept if kept and (kept.kind, kept.subject) == (kind, subject) else None

    def newest(self, kind: str, subject: str) -> KeptDraft | None:
        """Return the newest draft on a subject; None: there is none."""
        return next(iter(self.all_on(kind, subject)), None)

    def all_on(self, kind: str, subject: str) -> tuple[KeptDraft, ...]:
        """Return the drafts on a subject, the newest first."""
        query = select(drafts).where(drafts.c.kind == kind, drafts.c.subject == subject)
        with plain_faults(self._engine), self._engine.connect() as connection:
            rows = connection.execute(query.order_by(drafts.c.at.desc(), drafts.c.id)).mappings()
            return tuple(KeptDraft(**row) for row in rows)

    def since(self, start: datetime) -> Iterator[KeptDraft]:
        """Yield the drafts that were made since then, the oldest first, but for snippets."""
        query = (
            select(drafts)
            .where(drafts.c.at >= start, drafts.c.kind != SNIPPET)
            .order_by(drafts.c.at, drafts.c.id)
        )
        with plain_faults(self._engine), self._engine.connect() as connection:
            for row in connection.execute(query).mappings():
                yield KeptDraft(**row)

    def settle(self, settlement: Settlement) -> bool:
        """Write down what became of a draft; False: there is none, or it was settled before."""
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            return settle_draft(connection, settlement)

    def rate(self, rating: Rating) -> None:
        """Keep what an agent thought; their last word on it counts."""
        values = asdict(rating)
        place = (draft_ratings.c[name] == values[name] for name in ("draft", "source", "agent"))
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            connection.execute(delete(draft_ratings).where(*place))
            connection.execute(insert(draft_ratings), {**values, "at": datetime.now(UTC)})

    def ratings(self) -> tuple[Rating, ...]:
        """Return all that was thought."""
        wanted = (draft_ratings.c[name] for name in ("draft", "source", "agent", "helpful"))
        with plain_faults(self._engine), self._engine.connect() as connection:
            return tuple(Rating(*row) for row in connection.execute(select(*wanted)))


def settle_draft(connection: Connection, settlement: Settlement) -> bool:
    """Settle a draft within a transaction; as ``DraftStore.settle``."""
    values = {
        "outcome": settlement.outcome,
        "distance": settlement.distance,
        "reason": settlement.reason,
        "sent": settlement.sent,
        "settled_at": settlement.at,
        "settled_by": settlement.by,
    }
    place = drafts.c.id == settlement.draft, drafts.c.outcome.is_(None)
    return connection.execute(update(drafts).where(*place).values(**values)).rowcount == 1


def _find(connection: Connection, draft_id: str) -> KeptDraft | None:
    row = connection.execute(select(drafts).where(drafts.c.id == draft_id)).mappings().first()
    return KeptDraft(**row) if row else None
