"""
How fast `supportbot serve --demo` answers, by an open loop; run by hand.

    .venv/bin/python -m tests.benchmarks.bench_serving [--seconds 20]

Requests are sent on a schedule, whatever becomes of those before; a time counts from when the
request was due.  50 a second, then as many as are kept up with, then five times that: what is
turned away, and how fast.  Half of the questions are of a signed-in visitor.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import httpx2

QUESTIONS: Final = (
    "what is my balance?",
    "why do my calls fail with 402 although there is money in the account",
    "do credits expire",
    "can i pay with a prepaid visa",
    "where do I see last month's invoice",
)
SENDERS: Final = 200


@dataclass(frozen=True, slots=True)
class Sent:
    """One request: seconds since it was due, and its status; 0: none came."""

    seconds: float
    status: int


@contextmanager
def served() -> Iterator[tuple[int, str]]:
    """Run the demo; give its process and its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "supportbot", "serve", "--demo", "--port", "0"],
        env=os.environ | {"SUPPORTBOT_RATE_LIMIT_PER_MINUTE": "0"},
        stderr=subprocess.PIPE,
    )
    stream = process.stderr
    if stream is None:
        raise RuntimeError("the server has no error stream")
    found = None
    while not found:
        found = re.search(r"listens at (\S+)", stream.readline().decode())
    threading.Thread(target=lambda: [None for _ in stream], daemon=True).start()
    yield process.pid, found.group(1)
    process.terminate()
    process.wait(30)


def memory(pid: int) -> float:
    """Return the resident megabytes of a process."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        found = re.search(r"VmRSS:\s+(\d+)", file.read())
    return int(found.group(1)) / 1024 if found else 0.0


def run(address: str, per_second: float, seconds: float, token: str) -> list[Sent]:
    """Send on a schedule and return what became of it."""
    client = httpx2.Client(
        base_url=address, timeout=15, limits=httpx2.Limits(max_connections=SENDERS)
    )
    begin = time.monotonic() + 0.2

    def send(number: int) -> Sent:
        due = begin + number / per_second
        time.sleep(max(0.0, due - time.monotonic()))
        headers = {"Authorization": f"Bearer {token}"} if number % 2 else {}
        body = {"text": QUESTIONS[number % len(QUESTIONS)]}
        try:
            status = client.post("/v1/answers", json=body, headers=headers).status_code
        except httpx2.TransportError:
            status = 0
        return Sent(time.monotonic() - due, status)

    with ThreadPoolExecutor(SENDERS) as senders:
        sent = list(senders.map(send, range(int(per_second * seconds))))
    client.close()
    return sent


def told(name: str, sent: list[Sent]) -> str:
    """Return a line for the table."""
    good = sorted(each.seconds * 1000 for each in sent if each.status == 200)
    away = [each.seconds * 1000 for each in sent if each.status in (429, 503)]
    line = f"{name:16} {dict(Counter(each.status for each in sent))}"
    if good:
        p99 = good[min(len(good) - 1, int(len(good) * 0.99))]
        line += f"  p50 {statistics.median(good):.1f} ms  p99 {p99:.1f} ms"
    if away:
        line += f"  turned away in p50 {statistics.median(away):.1f} ms"
    return line


def closed_loop(address: str, seconds: float, token: str) -> float:
    """Return the answers a second that sixteen visitors get who wait for each."""
    done = threading.Event()

    def visit(_: int) -> int:
        with httpx2.Client(base_url=address, timeout=15) as client:
            count = 0
            while not done.is_set():
                body = {"text": QUESTIONS[count % len(QUESTIONS)]}
                client.post("/v1/answers", json=body, headers={"Authorization": f"Bearer {token}"})
                count += 1
            return count

    threading.Timer(seconds, done.set).start()
    with ThreadPoolExecutor(16) as visitors:
        return sum(visitors.map(visit, range(16))) / seconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    given = parser.parse_args()
    with served() as (pid, address):
        token = httpx2.get(f"{address}/widget/demo/token?account=meadow").text
        before = memory(pid)
        run(address, 20, 3, token)  # warms up
        print(told("50 a second", run(address, 50, given.seconds, token)), flush=True)
        most = closed_loop(address, given.seconds / 2, token)
        print(f"kept up with     {most:.0f} a second")
        print(told("five times that", run(address, 5 * most, given.seconds / 2, token)))
        print(told("50 again", run(address, 50, given.seconds / 2, token)))
        print(f"memory           {before:.0f} MB at first, {memory(pid):.0f} MB at the end")


if __name__ == "__main__":
    main()
