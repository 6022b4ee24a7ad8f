"""Operating the API: limits, health, metrics, logs, new knowledge while it serves, and its end."""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from supportbot.accounts.guard import Guard
from supportbot.accounts.side_by_side import SideBySide
from supportbot.bot import Bot
from supportbot.channels.limiting import RateLimits, Shed
from supportbot.channels.observing import Metrics
from supportbot.channels.reloading import LiveBot, Serving
from supportbot.knowledge.library import Library
from supportbot.settings import read_settings
from supportbot.snapshot import EVERY_PART
from supportbot.wiring import open_backends, open_bot
from tests.api import PUBLIC, QUESTION, Api, api_of, bearer
from tests.fault_server import at_most
from tests.running import ROOT, environment, knowledge

CANARY = "canary-7f3a"


def test_a_visitor_who_sends_too_much_is_told_when_to_come_back(
    demo_bot: Bot, tmp_path: Path
) -> None:
    with api_of(demo_bot, tmp_path, limits=RateLimits.of(3)) as api:
        mine = [api.ask(PUBLIC, headers=bearer("meadow", "a")) for _ in range(5)]
        colleague = api.ask(PUBLIC, headers=bearer("meadow", "b"))

    assert [each.status_code for each in mine] == [200, 200, 200, 429, 429]
    assert 1 <= int(mine[-1].headers["Retry-After"]) <= 60
    assert mine[-1].headers["Content-Type"] == "application/problem+json"
    assert colleague.status_code == 200


def test_a_retry_of_what_was_answered_costs_nothing(demo_bot: Bot, tmp_path: Path) -> None:
    with api_of(demo_bot, tmp_path, limits=RateLimits.of(1)) as api:
        keyed = {**bearer("meadow", "a"), "Idempotency-Key": "again"}
        results = [api.ask(PUBLIC, headers=keyed) for _ in range(4)]

    assert [each.status_code for each in results] == [200] * 4


def test_an_account_has_a_limit_of_its_own(demo_bot: Bot, tmp_path: Path) -> None:
    with api_of(demo_bot, tmp_path, limits=RateLimits.of(2)) as api:
        statuses = [
            api.ask(PUBLIC, headers=bearer("meadow", f"user-{n}")).status_code for n in range(22)
        ]

    assert statuses[:20] == [200] * 20
    assert statuses[20:] == [429, 429]


def test_too_many_at_once_are_turned_away_at_once_and_health_is_not(api: Api) -> None:
    async def never(*_: Any) -> None:
        await asyncio.sleep(60)

    async def overload() -> list[int]:
        shed, statuses = Shed(never, Metrics(), most=2), list[int]()

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        async def receive() -> Any:
            return {"type": "http.request"}

        scope = {"type": "http", "path": "/v1/answers", "method": "POST", "headers": []}
        busy = [asyncio.create_task(shed(dict(scope), receive, send)) for _ in range(2)]
        await asyncio.sleep(0)
        await shed(dict(scope), receive, send)
        for each in busy:
            each.cancel()
        return statuses

    with ThreadPoolExecutor(1) as other:  # where no loop runs yet
        assert other.submit(asyncio.run, overload()).result() == [503]
    assert api.client.get("/healthz").json() == {"status": "ok"}


def test_health_needs_nothing_and_readiness_needs_the_store(api: Api) -> None:
    ready = api.client.get("/readyz")
    with api.engine.begin() as connection:
        connection.execute(text("ALTER TABLE turns RENAME TO away"))

    assert (ready.status_code, ready.json()["status"]) == (200, "ok")
    assert api.client.get("/healthz").status_code == 200
    down = api.client.get("/readyz")
    assert (down.status_code, down.json()["components"]["store"]["status"]) == (503, "down")
    assert str(api.engine.url.database) not in down.text


class Resting:
    """A source whose breaker is open."""

    def __init__(self) -> None:
        self.guard = Guard("http")
        for _ in range(5):
            self.guard.breaker("account").failed()

    def load(self, account_id: str, parts: frozenset[str] = EVERY_PART) -> Any:
        raise NotImplementedError


def test_a_source_that_rests_is_degraded_and_no_reason_to_be_unready(
    demo_bot: Bot, tmp_path: Path
) -> None:
    with api_of(replace(demo_bot, accounts=SideBySide({"http": Resting()})), tmp_path) as api:
        ready = api.client.get("/readyz")
        metrics = api.client.get("/metrics").text

    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
    assert 'supportbot_source_resting{endpoint="account",source="http"} 1.0' in metrics


def test_metrics_count_and_name_nobody(api: Api) -> None:
    api.ask(QUESTION, headers=bearer("meadow", CANARY))
    api.ask(QUESTION, headers={"Authorization": "Bearer x"})
    api.client.get(f"/{CANARY}")

    metrics = api.client.get("/metrics").text

    assert 'supportbot_answers_total{outcome="answered"} 1.0' in metrics
    assert 'supportbot_requests_total{route="/v1/answers",status="200"} 1.0' in metrics
    assert "supportbot_refused_tokens_total 1.0" in metrics
    assert 'route="elsewhere",status="404"' in metrics
    assert CANARY not in metrics
    assert "meadow" not in metrics


def test_the_log_has_a_line_for_each_request_and_no_word_of_anybody(
    demo_bot: Bot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with api_of(demo_bot, tmp_path) as api:
        reply = api.ask(
            {"text": f"what is my balance {CANARY}"},
            headers={**bearer("meadow", CANARY), "X-Request-Id": "mine-1"},
        )
        made = api.ask(PUBLIC, headers={"X-Request-Id": "not well formed \t"})
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    assert reply.headers["X-Request-Id"] == "mine-1"
    assert re.fullmatch(r"[0-9a-f]{16}", made.headers["X-Request-Id"])
    assert [(each["route"], each["status"]) for each in lines] == [("/v1/answers", 200)] * 2
    assert lines[0]["request"] == "mine-1"
    assert lines[0]["timestamp"].endswith("Z")
    assert CANARY not in json.dumps(lines)
    assert "meadow" not in json.dumps(lines)


class Faulty:
    """A source with a fault of ours in it."""

    def load(self, account_id: str, parts: frozenset[str] = EVERY_PART) -> Any:
        raise ZeroDivisionError(f"{CANARY} at {account_id}")


def test_a_fault_of_ours_is_a_problem_and_its_text_stays_inside(
    demo_bot: Bot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with api_of(replace(demo_bot, accounts=Faulty()), tmp_path) as api:
        reply = api.ask(QUESTION, headers=bearer("meadow", "u"))
    log = capsys.readouterr().err

    assert reply.status_code == 500
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert CANARY not in reply.text + log
    assert "ZeroDivisionError" in log


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copied = tmp_path / "knowledge"
    shutil.copytree(knowledge(), copied, symlinks=False)
    return copied


@pytest.fixture
def live(folder: Path, tmp_path: Path) -> Iterator[LiveBot]:
    settings = read_settings(
        {**environment({"KNOWLEDGE": str(folder), "CACHE_DIR": str(tmp_path / "cache")})}, None
    )
    backends = open_backends(settings, demo=True)
    made = LiveBot(
        open_bot(backends),
        lambda library: open_bot(backends, library=library),
        poll_seconds=0.05,
    )
    made.start()
    yield made
    made.stop()
    backends.close()


def until(seconds: float, holds: Any) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def test_changed_knowledge_is_served_once_it_was_checked(live: LiveBot, folder: Path) -> None:
    before = live.serving
    file = folder / "faq" / "greeting.md"
    file.write_text(file.read_text(encoding="utf-8").replace("Hello", "Well met"), "utf-8")

    until(60, lambda: live.serving is not before)

    assert live.serving.faults == ()
    assert "Well met" in live.serving.bot.library.files["greeting"]
    assert "Well met" not in before.bot.library.files["greeting"]


def test_broken_knowledge_leaves_the_last_good_version_and_says_where(
    live: LiveBot, folder: Path
) -> None:
    before = live.serving.bot
    file = folder / "faq" / "greeting.md"
    good = file.read_text(encoding="utf-8")
    file.write_text("---\ntitle: broken", "utf-8")

    until(60, lambda: live.serving.faults)
    assert live.serving.bot is before
    assert "greeting.md" in live.serving.faults[0]
    file.write_text(good, "utf-8")
    until(60, lambda: not live.serving.faults)
    assert live.serving.bot is before


def test_readiness_tells_of_broken_knowledge(demo_bot: Bot, tmp_path: Path, api: Api) -> None:
    serving = Serving(demo_bot, api.site.serving().since, ("faq/x.md, line 3: is broken",))
    other = tmp_path / "other"
    other.mkdir()
    with api_of(demo_bot, other, serving=lambda: serving) as broken:
        ready = broken.client.get("/readyz")

    assert ready.status_code == 200
    assert ready.json()["components"]["knowledge"]["faults"] == ["faq/x.md, line 3: is broken"]


def test_a_library_that_was_read_whole_stays_as_it_was(folder: Path) -> None:
    library = Library(folder)
    _ = library.version, library.articles
    shutil.rmtree(folder / "faq")

    assert library.article("greeting").title
    assert library.passages


@contextmanager
def served(settings: dict[str, str]) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run `supportbot serve` as a program, and give it and its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "supportbot", "serve", "--port", "0"],
        env=os.environ | settings,
        cwd=ROOT,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    address = ""
    while not address:
        line = process.stderr.readline().decode()
        assert line, "it ended before it listened"
        found = re.search(r"http://[\d.:]+", line)
        address = found.group() if found else ""
    drained = threading.Thread(target=process.stderr.read, daemon=True)
    drained.start()
    try:
        yield process, address
    finally:
        process.kill()
        process.wait(10)
        drained.join(5)
        process.stderr.close()


def test_a_server_that_is_killed_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    settings = environment({"DATABASE_URL": f"sqlite:///{tmp_path / 'kill.db'}"})
    settings["SUPPORTBOT_RATE_LIMIT_PER_MINUTE"] = "0"
    keys = [uuid.uuid4().hex for _ in range(60)]
    answers: dict[str, str] = {}
    for turn in range(3):
        with served(settings) as (process, address):
            for number, key in enumerate(keys[turn * 20 :]):
                if number == 20:
                    process.send_signal(signal.SIGKILL)
                answer = sent(address, key)
                if answer is None:
                    break
                answers[key] = answer
    with served(settings) as (_, address):
        again = {key: sent(address, key) for key in keys}

    assert len(answers) >= 55
    assert {key: again[key] for key in answers} == answers
    assert None not in again.values()
    assert len(set(again.values())) == len(keys)


def sent(address: str, key: str) -> str | None:
    try:
        reply = httpx2.post(
            f"{address}/v1/answers", json=PUBLIC, headers={"Idempotency-Key": key}, timeout=10
        )
    except httpx2.TransportError:
        return None
    found: str = reply.json()["id"]
    return found


def test_when_told_to_stop_it_ends_and_soon(tmp_path: Path) -> None:
    settings = environment({"DATABASE_URL": f"sqlite:///{tmp_path / 'term.db'}"})

    with served(settings) as (process, address):
        assert sent(address, "one")
        process.send_signal(signal.SIGTERM)
        with at_most(10):
            process.wait(10)

    assert process.returncode in (0, -signal.SIGTERM)


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    settings = environment({"DATABASE_URL": f"sqlite:///{tmp_path / 'port.db'}"})
    with served(settings) as (_, address):
        port = address.rpartition(":")[2]
        second = subprocess.run(
            [sys.executable, "-m", "supportbot", "serve", "--port", port],
            env=os.environ | settings, cwd=ROOT, capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    assert second.returncode == 2
    assert f"--port {port}" in second.stderr
    assert "Traceback" not in second.stderr
