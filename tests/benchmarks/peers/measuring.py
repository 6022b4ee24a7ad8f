"""One peer measured: it learns in one process, and starts and answers in a second one."""

import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from supportbot.evaluation.cases import Case
from supportbot.evaluation.hearing import Heard, Hearing, Hit
from supportbot.evaluation.scoring import Share, Verdict, shares, verdict
from tests.benchmarks.peers.catalogue import Peer
from tests.benchmarks.peers.questions import QuestionSet
from tests.benchmarks.peers.talking import Talk

FIRST_QUESTION = "why does my api key fail although there are credits on the account"
"""Asked to end the cold start; what it costs once is not counted among the other questions."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a peer made of one question; ``intent`` None: it refused by itself."""

    case: Case
    intent: str | None
    seconds: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Result:
    """A peer's answers to one set."""

    name: str
    answers: tuple[Answered, ...]

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdict on each answer."""
        heard = map(_heard, self.answers)
        return tuple(verdict(each.case, each.hearing.heard) for each in heard)

    @property
    def shares(self) -> Mapping[str, Share]:
        """Right, wrong and refused by the names of ``scoring.shares``."""
        return {share.name: share for share in shares([_heard(each) for each in self.answers])}

    @property
    def cpu_ms(self) -> float:
        """Processor time a question, of all threads together."""
        return statistics.fmean(each.cpu for each in self.answers) * 1000

    @property
    def wall_ms(self) -> float:
        """The median time to an answer."""
        return statistics.median(each.seconds for each in self.answers) * 1000


@dataclass(frozen=True, slots=True)
class Measured:
    """
    What a peer costs, and its results.

    ``learnt`` is the seconds of the process that learns, ``cold`` those from the start of the
    process that answers to its first answer.
    """

    learnt: float
    cold: float
    peak: float | None
    results: tuple[Result, ...]


def measure(
    peer: Peer, lesson: Path, sets: Sequence[QuestionSet], intents: Mapping[str, str]
) -> Measured:
    """
    Measure a peer; ``intents`` says which intent each label stands for.

    Raises:
        PeerFailed: it could not start, learn or answer.
    """
    with tempfile.TemporaryDirectory() as kept:
        start = time.perf_counter()
        with Talk(peer) as talk:
            talk.say({"learn": str(lesson), "kept": kept})
        learnt, start = time.perf_counter() - start, time.perf_counter()
        with Talk(peer) as talk:
            talk.say({"load": kept})
            talk.say({"ask": FIRST_QUESTION})
            cold = time.perf_counter() - start
            results = tuple(_result(talk, each, intents) for each in sets)
            return Measured(learnt, cold, talk.peak_megabytes(), results)


def _result(talk: Talk, asked: QuestionSet, intents: Mapping[str, str]) -> Result:
    return Result(asked.name, tuple(_answered(talk, case, intents) for case in asked.cases))


def _answered(talk: Talk, case: Case, intents: Mapping[str, str]) -> Answered:
    reply = talk.say({"ask": case.text})
    label: str | None = reply["label"]
    intent = None if label is None else intents.get(label, label)
    return Answered(case, intent, reply["seconds"], reply["cpu"])


def _heard(answered: Answered) -> Heard:
    hits = (Hit(answered.intent, "", 0.0),) if answered.intent else ()
    hearing = Hearing("understood" if hits else "unsure", answered.case.text, hits, hits)
    return Heard(answered.case, hearing)
