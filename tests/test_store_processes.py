"""Several processes on one file lose nothing, and one that is killed leaves nothing half done."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import text

from supportbot.conversation import Context, Turn
from supportbot.store.conversations import ConversationStore
from supportbot.store.engine import open_engine
from supportbot.store.schema import upgrade

ROOT: Final = Path(__file__).parent.parent
NOW: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

WRITER: Final = """
import sys
from test_store_processes import opened, turn
url, name, count = sys.argv[1:]
store = opened(url)
for n in range(int(count)):
    store.append(turn(f"own-{name}", n))
    store.append(turn("shared", n, f"{name}-{n}"))
"""

DIES: Final = """
import os, sys
from sqlalchemy import event
from supportbot.store.engine import open_engine
from supportbot.store.conversations import ConversationStore
from test_store_processes import turn
engine = open_engine(sys.argv[1])
event.listen(engine, "commit", lambda connection: os._exit(9))
ConversationStore(engine).append(turn("cnv", 1))
"""


def turn(conversation: str, n: int, key: str | None = None) -> Turn:
    return Turn(
        conversation=conversation,
        key=key or str(n),
        asked_at=NOW,
        account=None,
        user=None,
        text=f"question {n}",
        answer_id=f"ans_{conversation}_{key or n}",
        answer="{}",
        outcome="answered",
        context=Context(topics=(str(n),)),
    )


def opened(url: str) -> ConversationStore:
    engine = open_engine(url)
    upgrade(engine)
    return ConversationStore(engine)


def started(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", script, *arguments],
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_processes_that_write_at_once_lose_no_turn_and_keep_the_order(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bot.db'}"  # which neither finds there: both migrate as well

    for process in [started(WRITER, url, name, "100") for name in ("a", "b")]:
        _, errors = process.communicate(timeout=100)
        assert process.returncode == 0, errors

    store = opened(url)
    for name in ("a", "b"):
        assert [one.key for one in store.turns(f"own-{name}")] == [str(n) for n in range(100)]
        shared = [one.key for one in store.turns("shared") if one.key.startswith(name)]
        assert shared == [f"{name}-{n}" for n in range(100)]


def test_a_process_that_dies_before_it_commits_leaves_no_half_turn(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    store = opened(url)
    store.append(turn("cnv", 0))

    process = started(DIES, url)
    process.communicate(timeout=60)

    assert process.returncode == 9
    assert store.turns("cnv") == (turn("cnv", 0),)
    store.append(turn("cnv", 1))
    assert len(store.turns("cnv")) == 2
    with open_engine(url).connect() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
