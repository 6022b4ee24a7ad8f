"""Slack's events to real servers on one database, of which one is killed again and again."""

import json
import signal
import sqlite3
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx2

from tests.running import environment
from tests.serving import served, until
from tests.slack.server import SECRET, FakeSlack, event, signed

MESSAGES = 500
KILLS = 3
LONGEST = 150.0
"""Seconds; what a killed process was at is taken on by another after half a minute."""


class Slack:
    """Delivers events to servers in turn, each again until one has taken it."""

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.taken = 0
        self._client = httpx2.Client(timeout=10)

    def deliver(self, number: int) -> None:
        body = json.dumps(event("do credits expire?", user=f"U{number}", number=number))
        tries = 0
        while True:
            assert tries < 600, "nobody took an event"
            address = self.addresses[(number + tries) % len(self.addresses)]
            try:
                headers = {"Content-Type": "application/json", **signed(body)}
                reply = self._client.post(f"{address}/slack/events", content=body, headers=headers)
            except httpx2.TransportError:
                tries += 1
                time.sleep(0.1)
                continue
            if reply.status_code == 200:
                self.taken += 1
                return
            tries += 1
            time.sleep(0.1)

    def close(self) -> None:
        self._client.close()


def test_five_hundred_messages_survive_kills_none_lost_and_none_answered_twice(
    tmp_path: Path, fake: FakeSlack
) -> None:
    database = tmp_path / "served.db"
    settings = environment(
        {
            "DATABASE_URL": f"sqlite:///{database}",
            "SLACK_BOT_TOKEN": "xoxb-1",
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": fake.api_url,
        }
    )
    with (
        closing(Slack()) as slack,
        served(settings) as steady,
        ThreadPoolExecutor(4) as pool,
    ):
        slack.addresses = [steady.address, steady.address]
        sent: list[Future[None]] = []
        for kill in range(1, KILLS + 1):
            with served(settings) as shaky:
                slack.addresses = [steady.address, shaky.address]
                if not sent:
                    sent = [pool.submit(slack.deliver, n) for n in range(1, MESSAGES + 1)]
                enough = kill * MESSAGES // (KILLS + 1)
                until(LONGEST, lambda enough=enough: slack.taken >= enough)  # type: ignore[misc]
                shaky.process.send_signal(signal.SIGKILL)
                shaky.process.wait(10)
        slack.addresses = [steady.address, steady.address]
        for each in sent:
            each.result(LONGEST)
        until(LONGEST, lambda: len(fake.posts()) >= MESSAGES)
        time.sleep(1)

    threads = [post["thread_ts"] for post in fake.posts()]
    with closing(sqlite3.connect(database)) as kept:
        states = dict(kept.execute("SELECT state, count(*) FROM slack_posts GROUP BY state"))
        left = kept.execute("SELECT count(*) FROM slack_events WHERE state != 'done'").fetchone()
    assert len(threads) == len(set(threads)) == MESSAGES
    assert states == {"sent": MESSAGES}
    assert left == (0,)
