"""
How long a match takes, against a bare pass of the encoder, in the same run and on one thread.

    OMP_NUM_THREADS=1 python tests/benchmarks/bench_matching.py MODEL.npz

MODEL.npz is what ``save_model`` wrote, trained with the encoder that ships.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from supportbot.conversation import Context
from supportbot.understanding.adopted import SHIPPED_ENCODER
from supportbot.understanding.encoder import OnnxEncoder
from supportbot.understanding.matcher import Matcher
from supportbot.understanding.model import Model, load_model
from supportbot.understanding.text import tidy

QUESTIONS = (
    "my boss wants to know whether the money we put in last spring is still good",
    "bought a pack this morning and the api still refuses me",
    "which of the cards in my wallet would work with you",
    "our bank wants a confirmation for each and every payment, is that on you or on them",
    "why on earth were there four purchases in one minute",
    "I would like to be stopped at 200 dollars, no matter what",
    "do I need a full wallet before the fine-tune may start",
    "where is the bill of october",
    "can you write me a poem about spring",
    "how much may I go into the red on tier 2",
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, help="a trained model (.npz)")
    parser.add_argument("--rounds", type=int, default=50)
    options = parser.parse_args()
    encoder = OnnxEncoder.open(SHIPPED_ENCODER)
    model = load_model(options.model)
    matcher = Matcher(model, encoder)
    report("load the model", timed(lambda _: load_model(options.model), ["-"] * 10, 1))
    texts = [tidy(question) for question in QUESTIONS]
    bare, match = list[float](), list[float]()
    for _ in range(options.rounds):  # by turns, as the processor is not as fast all the time
        bare += timed(lambda text: encoder.encode([text]), texts, 1)
        match += timed(lambda text: matcher.match(text, Context()), QUESTIONS, 1)
    report("bare encoder pass", bare)
    report("match", match)
    report("known question", timed(lambda t: matcher.match(t, Context()), known(model), 20))
    ratio = statistics.median(match) / statistics.median(bare)
    print(f"match / bare, p50: {ratio:.2f}")


def known(model: Model) -> list[str]:
    """Return some questions that the model knows to the letter."""
    return sorted(model.known.exact)[::200]


def timed(call: Callable[[str], object], texts: Sequence[str], rounds: int) -> list[float]:
    """Return the milliseconds of every call, after one round to warm up."""
    for text in texts:
        call(text)
    taken = []
    for _ in range(rounds):
        for text in texts:
            start = time.perf_counter()
            call(text)
            taken.append((time.perf_counter() - start) * 1000)
    return taken


def report(what: str, taken: Sequence[float]) -> None:
    """Print median and 99th percentile."""
    p99 = statistics.quantiles(taken, n=100)[98]
    line = f"{what:20s} p50 {statistics.median(taken):7.3f} ms   p99 {p99:7.3f} ms"
    print(line)


if __name__ == "__main__":
    main()
