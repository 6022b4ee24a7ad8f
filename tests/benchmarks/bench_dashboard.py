"""How long the console's pages over many conversations take, at 100,000 turns on SQLite."""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from supportbot.channels.console.figures import days, intents, unanswered, uses
from supportbot.store.engine import open_engine, writing
from supportbot.store.reports import MOST_READ, Reports, Wanted
from supportbot.store.schema import upgrade
from supportbot.store.tables import turns

COUNT = 100_000
OUTCOMES = ("answered", "answered", "answered", "clarify", "not_covered", "handoff")


def fill(reports_at: Path) -> Reports:
    engine = open_engine(f"sqlite:///{reports_at}")
    upgrade(engine)
    now = datetime.now(UTC)
    answer = json.dumps({"intents": [{"name": "balance"}], "text": "x" * 2500})
    rows: list[dict[str, object]] = [
        {
            "conversation": f"c{n // 3}",
            "key": str(n),
            "asked_at": now - timedelta(minutes=(COUNT - n) * 0.4),
            "account": f"a{n % 50}",
            "user": None,
            "text": f"what about topic number {n % 997} of my bill?",
            "answer_id": f"ans_{n}",
            "answer": answer,
            "outcome": OUTCOMES[n % len(OUTCOMES)],
            "context": {},
        }
        for n in range(COUNT)
    ]
    with writing(engine).begin() as connection:
        connection.execute(insert(turns), rows)
    return Reports(engine)


def timed(name: str, do: Callable[[], object]) -> None:
    do()
    begun = time.perf_counter()
    do()
    sys.stdout.write(f"{name}: {(time.perf_counter() - begun) * 1000:.0f} ms\n")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        reports = fill(Path(folder) / "turns.db")
        end = datetime.now(UTC)
        start = end - timedelta(days=28)
        found = reports.turns(Wanted(start=start, end=end), MOST_READ)
        counted = reports.by_day(start, end)
        timed("counts by day", lambda: reports.by_day(start, end))
        timed("newest 5,000 read", lambda: reports.turns(Wanted(start=start, end=end), MOST_READ))
        timed("asked most", lambda: intents(found))
        timed("uses", lambda: uses(found))
        timed("alike together", lambda: unanswered(found))
        timed("days", lambda: days(counted, start.date(), end.date()))
        timed("found by text", lambda: reports.turns(Wanted(text="number 996 ")))


if __name__ == "__main__":
    main()
