"""What support leads look at: turns found again, counts by day, feedback, waiting times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, Engine, func, select

from supportbot.store.faults import plain_faults
from supportbot.store.tables import agents, audit, feedback, handoffs, replies, turns

MOST_FOUND: Final = 100
MOST_READ: Final = 5000
"""So many turns of a range, the newest, are read whole for what only their answers tell."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which turns; empty: any.  ``start`` is the first instant, ``end`` that after the last."""

    text: str = ""
    account: str = ""
    outcome: str = ""
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class FoundTurn:
    """A turn; ``answer`` is the Answer object as JSON, ``helpful`` None: nobody has said."""

    conversation: str
    asked_at: datetime
    account: str | None
    text: str
    outcome: str
    answer_id: str
    answer: str
    helpful: bool | None
    reason: str | None
    comment: str | None


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many turns of a day had an outcome."""

    day: date
    outcome: str
    count: int


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A row of the audit, with its number."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str


class Reports:
    """Reads for the console.  Every method raises StoreUnavailable when it cannot."""

    def __init__(self, engine: Engine) -> None:
        """Use the database that ``engine`` opens."""
        self._engine = engine

    def turns(self, wanted: Wanted, most: int = MOST_FOUND) -> tuple[FoundTurn, ...]:
        """Return turns, the newest first."""
        return self._found(_where(wanted), most)

    def rated(self, wanted: Wanted, most: int = MOST_FOUND) -> tuple[FoundTurn, ...]:
        """Return turns on whose answer somebody said something, the newest first."""
        return self._found([*_where(wanted), feedback.c.helpful.is_not(None)], most)

    def by_day(self, start: datetime, end: datetime) -> tuple[DayCount, ...]:
        """Return how many turns of each day (UTC) had which outcome."""
        day = func.date(turns.c.asked_at)
        query = (
            select(day, turns.c.outcome, func.count())
            .where(turns.c.asked_at >= start, turns.c.asked_at < end)
            .group_by(day, turns.c.outcome)
            .order_by(day)
        )
        with plain_faults(self._engine), self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return tuple(DayCount(_date(day), outcome, count) for day, outcome, count in rows)

    def ratings(self, start: datetime, end: datetime) -> tuple[int, int]:
        """Return how many answers were found helpful, and how many not."""
        query = (
            select(feedback.c.helpful, func.count())
            .where(feedback.c.at >= start, feedback.c.at < end)
            .group_by(feedback.c.helpful)
        )
        with plain_faults(self._engine), self._engine.connect() as connection:
            counts = {bool(helpful): count for helpful, count in connection.execute(query)}
        return counts.get(True, 0), counts.get(False, 0)

    def reasons(self, start: datetime, end: datetime) -> tuple[tuple[str, int], ...]:
        """Return why conversations were handed over, the most frequent first."""
        query = (
            select(handoffs.c.reason, func.count().label("count"))
            .where(handoffs.c.at >= start, handoffs.c.at < end)
            .group_by(handoffs.c.reason)
            .order_by(func.count().desc(), handoffs.c.reason)
        )
        with plain_faults(self._engine), self._engine.connect() as connection:
            return tuple((reason, count) for reason, count in connection.execute(query))

    def waits(self, start: datetime, end: datetime) -> tuple[float, ...]:
        """Return the seconds from each hand-off to a person's first reply, where there is one."""
        first = (
            select(handoffs.c.at.label("asked"), func.min(replies.c.at).label("first"))
            .join(replies, replies.c.conversation == handoffs.c.conversation)
            .where(handoffs.c.at >= start, handoffs.c.at < end, replies.c.at >= handoffs.c.at)
            .group_by(handoffs.c.conversation, handoffs.c.at)
        )
        with plain_faults(self._engine), self._engine.connect() as connection:
            rows = connection.execute(first).all()
        return tuple((row.first - row.asked).total_seconds() for row in rows)

    def audit(
        self, actor: str = "", action: str = "", most: int = MOST_FOUND
    ) -> tuple[AuditLine, ...]:
        """Return the newest rows of the audit; empty: of any actor, any action."""
        given = ((audit.c.actor, actor), (audit.c.action, action))
        query = select(audit.c.seq, audit.c.at, audit.c.actor, audit.c.action, audit.c.subject)
        query = query.where(*(column == value for column, value in given if value))
        with plain_faults(self._engine), self._engine.connect() as connection:
            rows = connection.execute(query.order_by(audit.c.seq.desc()).limit(most))
            return tuple(AuditLine(*row) for row in rows)

    def agents(self) -> tuple[tuple[str, bool, bool, datetime], ...]:
        """Return all agents: address, whether admin, whether a password is set, since when."""
        query = select(
            agents.c.email, agents.c.admin, agents.c.password.is_not(None), agents.c.at
        ).order_by(agents.c.email)
        with plain_faults(self._engine), self._engine.connect() as connection:
            return tuple((e, bool(a), bool(p), at) for e, a, p, at in connection.execute(query))

    def _found(self, where: Sequence[ColumnElement[bool]], most: int) -> tuple[FoundTurn, ...]:
        query = (
            select(
                turns.c.conversation, turns.c.asked_at, turns.c.account, turns.c.text,
                turns.c.outcome, turns.c.answer_id, turns.c.answer, feedback.c.helpful,
                feedback.c.reason, feedback.c.comment,
            )
            .outerjoin(feedback, feedback.c.answer_id == turns.c.answer_id)
            .where(*where)
            .order_by(turns.c.asked_at.desc(), turns.c.seq.desc())
            .limit(most)
        )  # fmt: skip
        with plain_faults(self._engine), self._engine.connect() as connection:
            return tuple(FoundTurn(**row) for row in connection.execute(query).mappings())


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if wanted.text:
        where.append(turns.c.text.icontains(wanted.text, autoescape=True))
    if wanted.account:
        where.append(turns.c.account == wanted.account)
    if wanted.outcome:
        where.append(turns.c.outcome == wanted.outcome)
    if wanted.start:
        where.append(turns.c.asked_at >= wanted.start)
    if wanted.end:
        where.append(turns.c.asked_at < wanted.end)
    return where


def _date(told: date | str) -> date:
    """Read a day: SQLite tells text, PostgreSQL a date."""
    return date.fromisoformat(told) if isinstance(told, str) else told
