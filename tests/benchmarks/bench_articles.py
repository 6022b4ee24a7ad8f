"""
How long a match takes with thirty articles and with ten thousand, in the same run.

    OMP_NUM_THREADS=1 .venv/bin/python -m tests.benchmarks.bench_articles

The questions are those of CLINC150 and BANKING77 (../shared/data), two an article, dealt out at
random: what they mean does not matter here.  Takes a few minutes, most of them encoding.
"""

import csv
import json
import statistics
import time
from pathlib import Path
from typing import Final

import numpy as np

from supportbot.conversation import Context
from supportbot.understanding.adopted import SHIPPED_ENCODER
from supportbot.understanding.encoder import Encoder, OnnxEncoder
from supportbot.understanding.matcher import Matcher
from supportbot.understanding.topics import Topic
from supportbot.understanding.training import train

DATA: Final = Path(__file__).parents[3] / "shared" / "data"
EACH: Final = 2
ASKED: Final = 200


def questions() -> list[str]:
    """Return all questions, in an order that has nothing to do with what they mean."""
    with (DATA / "banking77" / "train.csv").open(encoding="utf-8", newline="") as file:
        found = [" ".join(row["text"].split()) for row in csv.DictReader(file)]
    found += [
        text for text, _ in json.loads((DATA / "clinc150" / "data_full.json").read_text())["train"]
    ]
    unique = list(dict.fromkeys(found))
    return [unique[n] for n in np.random.default_rng(0).permutation(len(unique))]


def matcher(texts: list[str], articles: int, encoder: Encoder) -> Matcher:
    """Learn so many articles."""
    topics = [
        Topic(f"topic-{n}", f"intent_{n}", f"Topic {n}", tuple(texts[n * EACH : (n + 1) * EACH]))
        for n in range(articles)
    ]
    start = time.perf_counter()
    model = train(topics, encoder)
    print(f"{articles:6} articles learnt in {time.perf_counter() - start:.0f} s")
    return Matcher(model, encoder)


def p50(asked: list[str], matcher: Matcher) -> float:
    """Return the median time of a match in milliseconds."""
    taken = []
    for text in asked:
        start = time.perf_counter()
        matcher.match(text, Context())
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def main() -> None:
    """Measure and print."""
    encoder = OnnxEncoder.open(SHIPPED_ENCODER)
    texts = questions()
    asked, known = texts[-ASKED:], texts[:-ASKED]
    few, many = (matcher(known, articles, encoder) for articles in (30, 10_000))
    for _ in range(2):  # the first round warms up
        times = [p50(asked, each) for each in (few, many)]
    print(f"match p50: 30 articles {times[0]:.2f} ms, 10,000 articles {times[1]:.2f} ms")
    print(f"ratio: {times[1] / times[0]:.2f}")


if __name__ == "__main__":
    main()
