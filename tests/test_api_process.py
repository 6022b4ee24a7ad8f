"""The server as a process: killed, told to stop, behind a proxy, and given new knowledge."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import httpx2
import pytest

from tests.api import KEYS, PUBLIC, QUESTION, bearer, within_one_minute
from tests.fault_server import Response, serving, slow
from tests.running import ROOT, environment, knowledge
from tests.serving import Served, served, until

SENDERS = 4
MESSAGES = 300
KILLS = 3


def settings_of(folder: Path, **more: str) -> dict[str, str]:
    return environment(
        {"DATABASE_URL": f"sqlite:///{folder / 'served.db'}", "RATE_LIMIT_PER_MINUTE": "0", **more}
    )


def a_free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as found:
        port: int = found.getsockname()[1]
        return port


class Senders:
    """Visitors who send a message again under its key until there is an answer."""

    def __init__(self, address: str) -> None:
        self.answers: dict[str, str] = {}
        self._client = httpx2.Client(base_url=address, timeout=10)

    def have(self, enough: int) -> bool:
        return len(self.answers) >= enough

    def close(self) -> None:
        self._client.close()

    def send(self, key: str) -> None:
        end = time.monotonic() + 60
        while key not in self.answers:
            assert time.monotonic() < end, "nobody answered for a minute"
            try:
                headers = {"Idempotency-Key": key}
                reply = self._client.post("/v1/answers", json=PUBLIC, headers=headers)
            except httpx2.TransportError:
                time.sleep(0.05)
                continue
            assert reply.status_code == 200
            self.answers[key] = reply.json()["id"]


def test_killed_under_load_it_loses_no_message_and_answers_none_twice(tmp_path: Path) -> None:
    settings, port = settings_of(tmp_path), a_free_port()
    keys = [uuid.uuid4().hex for _ in range(MESSAGES)]
    with (
        closing(Senders(f"http://127.0.0.1:{port}")) as senders,
        ThreadPoolExecutor(SENDERS) as pool,
    ):
        sent = [pool.submit(senders.send, key) for key in keys]
        for kill in range(1, KILLS + 1):
            with served(settings, port) as server:
                enough = kill * MESSAGES // (KILLS + 1)
                until(60, partial(senders.have, enough))
                server.process.send_signal(signal.SIGKILL)
                server.process.wait(10)
        with served(settings, port):
            for each in sent:
                each.result(60)

    with closing(sqlite3.connect(tmp_path / "served.db")) as database:
        stored = [row[0] for row in database.execute("SELECT answer_id FROM turns")]
        kept = dict(database.execute("SELECT key, body FROM receipts").fetchall())
        whole = database.execute("PRAGMA integrity_check").fetchone()
    assert len(senders.answers) == MESSAGES
    assert sorted(stored) == sorted(senders.answers.values())
    assert {key: json.loads(body)["id"] for key, body in kept.items()} == senders.answers
    assert whole == ("ok",)


@contextmanager
def with_a_request_in_hand(
    folder: Path, seconds: float
) -> Iterator[tuple[Served, "Future[httpx2.Response]"]]:
    with serving(lambda _: Response({"id": "meadow"})) as accounts:
        accounts.faults[".*"] = slow(seconds)
        settings = settings_of(
            folder,
            ACCOUNTS="http",
            ACCOUNTS_URL=accounts.url,
            IDENTITY_KEYS=",".join(f"{kid}:{secret}" for kid, secret in KEYS.items()),
        )
        with served(settings) as server, ThreadPoolExecutor(1) as pool:
            asked = pool.submit(server.ask, QUESTION["text"], **bearer("meadow"))
            until(20, lambda: accounts.requests)
            yield server, asked


def test_told_to_stop_it_is_unready_first_and_finishes_what_it_has_in_hand(
    tmp_path: Path,
) -> None:
    with with_a_request_in_hand(tmp_path, seconds=1.5) as (server, asked):
        ready = server.status("/readyz")
        server.process.send_signal(signal.SIGTERM)
        unready, alive = server.status("/readyz"), server.status("/healthz")
        late = server.ask()
        answered = asked.result(10)
        ended = server.process.wait(15)

        assert (ready, unready, alive) == (200, 503, 200)
        assert (answered.status_code, late.status_code) == (200, 200)
        assert ended == 0
        assert server.status("/readyz") == 0
    with closing(sqlite3.connect(tmp_path / "served.db")) as database:
        assert database.execute("SELECT count(*) FROM turns").fetchone() == (2,)


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_it_at_once(tmp_path: Path, sign: signal.Signals) -> None:
    with with_a_request_in_hand(tmp_path, seconds=1.9) as (server, asked):
        server.process.send_signal(sign)
        until(5, lambda: server.status("/readyz") != 200)
        assert server.process.poll() is None
        server.process.send_signal(sign)
        ended = server.process.wait(1)

        assert ended == -sign
        with pytest.raises(httpx2.TransportError):
            asked.result(10)


def test_ctrl_c_ends_it_well(tmp_path: Path) -> None:
    with served(settings_of(tmp_path)) as server:
        server.ask()
        server.process.send_signal(signal.SIGINT)

        assert server.process.wait(10) == 0


def test_who_sends_slowly_takes_nobodys_place(tmp_path: Path) -> None:
    head = (
        b"POST /v1/answers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: 24\r\n\r\n"
    )
    with served(settings_of(tmp_path)) as server:
        place = (server.address.split("/")[2].partition(":")[0], int(server.address[-5:]))
        slow_ones = [socket.create_connection(place, 5) for _ in range(100)]
        for each in slow_ones:
            each.sendall(head + b'{"te')
        reply = server.ask()
        for each in slow_ones:
            each.close()

    assert reply.status_code == 200


@pytest.mark.parametrize(
    ("trusted", "statuses"), [("127.0.0.1", [200, 200, 429]), ("", [200, 429, 429])]
)
def test_the_address_that_a_proxy_names_counts_only_if_the_proxy_is_trusted(
    tmp_path: Path, trusted: str, statuses: list[int]
) -> None:
    settings = settings_of(tmp_path, RATE_LIMIT_PER_MINUTE="1", TRUSTED_PROXIES=trusted)
    with served(settings) as server:
        within_one_minute()
        replies = [
            server.ask(X_Forwarded_For=address)
            for address in ("192.0.2.1", "192.0.2.2", "198.51.100.9, 192.0.2.1")
        ]

    assert [each.status_code for each in replies] == statuses


def test_new_knowledge_is_served_by_a_server_that_goes_on_answering(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    shutil.copytree(knowledge(), folder)
    file = folder / "faq" / "greeting.md"
    written = file.read_text(encoding="utf-8")
    with served(settings_of(tmp_path, KNOWLEDGE=str(folder))) as server:
        file.write_text(written.replace("Hello", "Well met").replace("\n  - hi\n", "\n"), "utf-8")
        statuses = set()

        def says_the_new() -> bool:
            reply = server.ask("hello")
            statuses.add(reply.status_code)
            return "Well met" in reply.json()["text"]

        until(60, says_the_new)
        file.write_text("---\ntitle: broken", "utf-8")
        until(20, lambda: "greeting.md" in httpx2.get(f"{server.address}/readyz").text)
        metrics = httpx2.get(f"{server.address}/metrics").text
        still = server.ask("hello")

    assert statuses == {200}
    assert "Well met" in still.json()["text"]
    assert "supportbot_knowledge_faults 1.0" in metrics
    assert 'supportbot_knowledge_info{version="' in metrics


def test_every_line_of_the_log_is_json_whatever_is_sent(tmp_path: Path) -> None:
    canary = "canary-7f3a"
    with served(settings_of(tmp_path)) as server:
        host, port = server.address.removeprefix("http://").split(":")
        with closing(socket.create_connection((host, int(port)), 5)) as raw:
            raw.sendall(f"{canary} \x00 nonsense\r\n\r\n".encode())
            raw.recv(1000)
        server.ask(canary)
        server.process.send_signal(signal.SIGINT)
        server.process.wait(10)
        until(5, lambda: len(server.lines) >= 2)

    lines = [json.loads(line) for line in server.lines]
    assert {line["event"] for line in lines} == {"library", "request"}
    assert canary not in "".join(server.lines)


def test_a_demo_lets_one_agent_into_its_console(tmp_path: Path) -> None:
    password = {"password": "correct horse battery"}
    with served(environment({"CACHE_DIR": str(tmp_path)}), 0, "--demo") as server:
        until(10, lambda: any("/console/set-up/" in line for line in server.lines))
        (link,) = (line.split()[-1] for line in server.lines if "/console/set-up/" in line)
        with httpx2.Client(base_url=server.address, follow_redirects=True) as agent:
            first = agent.post(link, data=password)
            again = agent.post(link, data=password)
            agent.post("/console/sign-in", data={"email": "demo@example.com", **password})
            page = agent.get("/console")

    assert (first.status_code, again.status_code, page.status_code) == (200, 404, 200)
    assert "Nobody is waiting." in page.text


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    with served(settings) as server:
        port = server.address.rpartition(":")[2]
        second = subprocess.run(
            [sys.executable, "-m", "supportbot", "serve", "--port", port],
            env=os.environ | settings, cwd=ROOT, capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    assert second.returncode == 2
    assert f"--port {port}" in second.stderr
    assert "Traceback" not in second.stderr
