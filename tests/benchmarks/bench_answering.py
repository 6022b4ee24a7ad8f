"""
How long an answer takes: cold from the command line, and warm against a bare encoder pass.

    OMP_NUM_THREADS=1 python tests/benchmarks/bench_answering.py

Warm figures are of one process and one thread, on the demo accounts; "on disk" stores each turn
in a SQLite file with synchronous=FULL.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from supportbot.accounts.database import DatabaseAccounts
from supportbot.accounts.demo import demo_records
from supportbot.bot import Bot
from supportbot.conversation import Context, Utterance
from supportbot.settings import read_settings
from supportbot.wiring import open_backends, open_bot, open_encoder

QUESTION = "why does my api key fail although there are credits on the account"
QUESTIONS = (
    "my boss wants to know whether the money we put in last spring is still good",
    "which of the cards in my wallet would work with you",
    "I would like to be stopped at 200 dollars, no matter what",
    "where is the bill of october",
    "how much may I go into the red on tier 2",
    "bought a pack this morning and the api still refuses me",
)
ACCOUNTS = ("northwind", "brightside", "willow", "cinder")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def cold(runs: int) -> None:
    """Time ``supportbot ask --demo`` in processes of its own."""
    command = (sys.executable, "-m", "supportbot", "ask", "--demo", "--account", "northwind")
    walls = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run((*command, QUESTION), check=True, capture_output=True)
        walls.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"cold ask --demo  best {min(walls):.2f} s  p50 {statistics.median(walls):.2f} s"
        f"  peak {peak:.0f} MB"
    )


def timed(name: str, rounds: int, act: Callable[[int], object]) -> float:
    """Print the p50 and p99 of ``act`` in milliseconds and return the p50."""
    spent = []
    for number in range(rounds):
        start = time.perf_counter()
        act(number)
        spent.append((time.perf_counter() - start) * 1000)
    p50, p99 = statistics.median(spent), statistics.quantiles(spent, n=100)[98]
    print(f"{name:28s} p50 {p50:6.2f} ms  p99 {p99:6.2f} ms")
    return p50


def warm(rounds: int) -> None:
    """Time matching and whole answers against the encoder alone."""
    encoder = open_encoder(read_settings())
    if encoder is None:
        raise SystemExit("The encoder cannot be opened; `supportbot doctor` says why.")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        on_disk = open_backends(read_settings({"SUPPORTBOT_DATABASE_URL": url}))
        assert on_disk.engine
        DatabaseAccounts(on_disk.engine).replace_all_or_nothing(demo_records())
        bots = {
            "in memory": open_bot(open_backends(read_settings(), demo=True)),
            "on disk": open_bot(on_disk),
        }
        matcher = bots["in memory"].matcher

        def text(number: int) -> str:
            return QUESTIONS[number % len(QUESTIONS)]

        def asked(number: int) -> Utterance:
            at = NOW + timedelta(seconds=number)
            return Utterance(text(number), at, account=ACCOUNTS[number % len(ACCOUNTS)])

        def answered(bot: Bot, number: int) -> object:
            return bot.answer(asked(number))

        timed("(warming up)", rounds // 4, lambda n: matcher.match(text(n), Context()))
        bare = timed("bare encoder", rounds, lambda n: encoder.encode([text(n)]))
        match = timed("match", rounds, lambda n: matcher.match(text(n), Context()))
        print(f"match / bare encoder: {match / bare:.2f}")
        for name, bot in bots.items():
            timed(f"whole answer, {name}", rounds, partial(answered, bot))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10, help="cold processes")
    parser.add_argument("--rounds", type=int, default=400, help="warm questions")
    given = parser.parse_args()
    cold(given.runs)
    warm(given.rounds)


if __name__ == "__main__":
    main()
