"""Where it goes wrong: figures for each intent, confusions, calibration, a sweep of thresholds."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from supportbot.evaluation.hearing import Heard, Hearing
from supportbot.evaluation.scoring import Share, is_right, verdict
from supportbot.understanding.topics import REFUSING

BINS: Final = 10
SWEPT: Final = tuple(percent / 100 for percent in (*range(0, 100, 5), 99))


@dataclass(frozen=True, slots=True)
class IntentRow:
    """
    One intent: of its ``n`` messages so many were right, refused or passed over, and taken for
    something else that was answered.

    ``heard`` counts the messages that it was heard in, ``heard_rightly`` those of them in
    which it counts as right.  Precision and recall are None where there is nothing to divide by.
    """

    intent: str
    n: int
    right: int
    refused: int
    wrong: int
    heard: int
    heard_rightly: int

    @property
    def precision(self) -> float | None:
        """How often it is right where it was heard."""
        return self.heard_rightly / self.heard if self.heard else None

    @property
    def recall(self) -> float | None:
        """How often it is heard, or what counts as right, where it was meant."""
        return self.right / self.n if self.n else None


@dataclass(frozen=True, slots=True)
class Confusion:
    """
    ``n`` messages that meant ``meant`` and in which ``heard`` came first.

    ``right`` of them all the same, as their labels say.
    """

    meant: str
    heard: str
    n: int
    right: int


@dataclass(frozen=True, slots=True)
class Bin:
    """Messages whose confidence is from ``low`` to below ``high``."""

    low: float
    high: float
    n: int
    confidence: float
    right: Share


@dataclass(frozen=True, slots=True)
class Calibration:
    """Reliability bins, empty ones left out; ``error`` is the expected calibration error."""

    bins: tuple[Bin, ...]
    error: float


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """What answering from ``threshold`` on gives: wrong answers against refusals."""

    threshold: float
    wrong: Share
    refused: Share
    lenient: Share


def by_intent(heard: Sequence[Heard]) -> tuple[IntentRow, ...]:
    """Return a row for each intent that was meant or heard, by name."""
    meant: Counter[tuple[str, str]] = Counter()
    spoken: Counter[str] = Counter()
    rightly: Counter[str] = Counter()
    for each in heard:
        meant.update((intent, _fate(each, intent)) for intent in each.case.intents)
        names = [hit.intent for hit in each.hearing.heard]
        spoken.update(names)
        rightly.update(name for name in names if name in each.case.accepted)
    return tuple(
        IntentRow(
            intent=name,
            n=sum(meant[name, fate] for fate in ("right", "refused", "wrong")),
            right=meant[name, "right"],
            refused=meant[name, "refused"],
            wrong=meant[name, "wrong"],
            heard=spoken[name],
            heard_rightly=rightly[name],
        )
        for name in sorted({intent for intent, _ in meant} | set(spoken))
    )


def confusions(heard: Sequence[Heard]) -> tuple[Confusion, ...]:
    """Count what was heard first in messages that ask one thing; the diagonal is in it."""
    counted: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    for each in heard:
        if not each.case.several:
            pair = (each.case.intent, heard_as(each.hearing))
            counted[pair] += 1
            right[pair] += is_right(each)
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Confusion(*pair, n, right[pair]) for pair, n in ordered)


def heard_as(hearing: Hearing) -> str:
    """Name what was heard first, or why nothing was; brackets tell that it is no intent."""
    return hearing.first.intent if hearing.first else f"({hearing.kind})"


def calibration(heard: Sequence[Heard]) -> Calibration:
    """Compare the confidence of what was understood first with how often that was right."""
    said = [
        (each.hearing.heard[0].confidence, is_right(each))
        for each in heard
        if each.hearing.heard and not each.case.several
    ]
    bins = tuple(filter(None, (_bin(number, said) for number in range(BINS))))
    gaps = (abs(each.confidence - each.right.share) * each.n for each in bins)
    return Calibration(bins, sum(gaps) / len(said) if said else 0.0)


def sweep(heard: Sequence[Heard]) -> tuple[SweepPoint, ...]:
    """
    Return what each threshold for answering would give, all else left as it is.

    Each message counts as what it was taken for, or would be, from that confidence on.
    """
    single = [each for each in heard if not each.case.several]
    return tuple(_point(threshold, single) for threshold in SWEPT) if single else ()


def _fate(heard: Heard, intent: str) -> str:
    names = [hit.intent for hit in heard.hearing.heard]
    if intent in names or (not heard.case.several and is_right(heard)):
        return "right"
    beside = (name for name in names if name not in heard.case.accepted)
    return "wrong" if any(name not in REFUSING for name in beside) else "refused"


def _bin(number: int, said: Sequence[tuple[float, bool]]) -> Bin | None:
    inside = [pair for pair in said if min(int(pair[0] * BINS + 1e-9), BINS - 1) == number]
    if not inside:
        return None
    mean = sum(confidence for confidence, _ in inside) / len(inside)
    right = Share("right", sum(right for _, right in inside), len(inside))
    return Bin(number / BINS, (number + 1) / BINS, len(inside), mean, right)


def _point(threshold: float, single: Sequence[Heard]) -> SweepPoint:
    verdicts = [_at(threshold, each) for each in single]
    covered = [
        given
        for given, each in zip(verdicts, single, strict=True)
        if each.case.intent not in REFUSING
    ]
    return SweepPoint(
        threshold,
        Share("wrong answers", verdicts.count("wrong"), len(verdicts), "low"),
        Share("covered questions refused", covered.count("refused"), len(covered), "low"),
        Share(
            "accuracy, lenient",
            verdicts.count("right") + verdicts.count("accepted"),
            len(verdicts),
        ),
    )


def _at(threshold: float, heard: Heard) -> str:
    guess = heard.hearing.guess
    unsure = guess and guess[0].intent not in REFUSING and guess[0].confidence < threshold
    return verdict(heard.case, () if unsure else guess)
