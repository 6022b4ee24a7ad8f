"""Operating the API: limits, health, metrics, logs, and new knowledge while it serves."""

import asyncio
import hashlib
import json
import re
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from supportbot.accounts.guard import Guard
from supportbot.accounts.side_by_side import SideBySide
from supportbot.bot import Bot
from supportbot.channels.identity import Visitor
from supportbot.channels.limiting import BoundedBody, RateLimits, Shed
from supportbot.channels.observing import Metrics
from supportbot.channels.problems import TooMany
from supportbot.channels.reloading import LiveBot, Serving, signature
from supportbot.knowledge.library import Library
from supportbot.settings import read_settings
from supportbot.snapshot import EVERY_PART
from supportbot.wiring import open_backends, open_bot
from tests.api import PUBLIC, QUESTION, Api, api_of, bearer, within_one_minute
from tests.running import environment, knowledge

CANARY = "canary-7f3a"


def test_a_visitor_who_sends_too_much_is_told_when_to_come_back(
    demo_bot: Bot, tmp_path: Path
) -> None:
    within_one_minute()
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
    within_one_minute()
    with api_of(demo_bot, tmp_path, limits=RateLimits.of(2)) as api:
        statuses = [
            api.ask(PUBLIC, headers=bearer("meadow", f"user-{n}")).status_code for n in range(22)
        ]

    assert statuses[:20] == [200] * 20
    assert statuses[20:] == [429, 429]


def test_who_is_refused_uses_up_nothing_of_its_colleagues(demo_bot: Bot, tmp_path: Path) -> None:
    with api_of(demo_bot, tmp_path, limits=RateLimits.of(1)) as api:
        loud = {api.ask(PUBLIC, headers=bearer("meadow", "loud")).status_code for _ in range(20)}
        colleague = api.ask(PUBLIC, headers=bearer("meadow", "quiet"))

    assert loud == {200, 429}
    assert colleague.status_code == 200


def test_a_household_counts_as_one_whatever_address_it_takes_of_its_own() -> None:
    within_one_minute()
    limits = RateLimits.of(1)
    limits.spend(Visitor(), "2001:db8:1:2::1")
    limits.spend(Visitor(), "2001:db8:1:3::1")
    limits.spend(Visitor(), "::ffff:192.0.2.1")

    for address in ("2001:db8:1:2:ffff::9", "192.0.2.1"):
        with pytest.raises(TooMany):
            limits.spend(Visitor(), address)


def test_remarks_have_a_limit_of_their_own(demo_bot: Bot, tmp_path: Path) -> None:
    within_one_minute()
    with api_of(demo_bot, tmp_path, limits=RateLimits.of(1)) as api:
        headers = bearer("meadow", "a")
        path = f"/v1/answers/{api.ask(PUBLIC, headers=headers).json()['id']}/feedback"
        statuses = [
            api.client.post(path, json={"helpful": True}, headers=headers).status_code
            for _ in range(12)
        ]

    assert statuses == [204] * 10 + [429] * 2


def test_a_body_that_drips_is_refused() -> None:
    async def never(*_: Any) -> None:
        raise AssertionError("it was let in")

    async def drip() -> Any:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b" ", "more_body": True}

    async def post() -> list[int]:
        statuses = list[int]()

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        scope = {"type": "http", "path": "/v1/answers", "method": "POST", "headers": []}
        await BoundedBody(never, seconds=0.1)(scope, drip, send)
        return statuses

    with ThreadPoolExecutor(1) as other:  # where no loop runs yet
        assert other.submit(asyncio.run, post()).result() == [408]


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
    for asked in ("my card 4242 4242 4242 4242 is refused", PUBLIC["text"]):
        for _ in range(2):
            api.ask({"text": asked}, headers={"Idempotency-Key": CANARY + asked[:2]})

    metrics = api.client.get("/metrics").text

    assert 'supportbot_answers_total{outcome="answered"} 3.0' in metrics
    assert 'supportbot_requests_total{route="/v1/answers",status="200"} 5.0' in metrics
    assert "supportbot_replays_total 2.0" in metrics
    assert 'supportbot_redacted_total{kind="card number"} 1.0' in metrics
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
    conversation = reply.json()["conversation"]
    assert lines[0]["conversation"] == hashlib.sha256(conversation.encode()).hexdigest()[:12]
    assert conversation not in json.dumps(lines)
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


def test_after_knowledge_that_cannot_be_learnt_it_watches_on(live: LiveBot, folder: Path) -> None:
    live.stop()
    before, after = live.serving.bot, replace(live.serving.bot)
    results: list[Bot | Exception] = [ZeroDivisionError(CANARY), after]

    def learn(_: Library) -> Bot:
        result = results.pop(0)
        if isinstance(result, Exception):
            raise result
        return result

    watching = LiveBot(before, learn, poll_seconds=0.05)
    watching.start()
    file = folder / "faq" / "greeting.md"
    file.write_text(file.read_text("utf-8").replace("Hello", "Well met"), "utf-8")
    until(60, lambda: watching.serving.faults)
    assert watching.serving.bot is before
    assert CANARY not in watching.serving.faults[0]

    file.write_text(file.read_text("utf-8").replace("Well met", "Welcome"), "utf-8")
    until(60, lambda: watching.serving.bot is after)
    watching.stop()
    assert watching.serving.faults == ()


def test_a_folder_that_is_a_link_is_watched_too(folder: Path, tmp_path: Path) -> None:
    (folder / "docs").rename(tmp_path / "docs")
    (folder / "docs").symlink_to(tmp_path / "docs")
    before = signature(folder)
    page = next((tmp_path / "docs").rglob("*.md"))
    page.write_text(page.read_text("utf-8") + "\n", "utf-8")

    assert signature(folder) != before


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
