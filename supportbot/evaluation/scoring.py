"""
Right, refused or wrong: the verdict on each message, and shares of them with intervals.

A message is judged by its customer's loss.  Refusing costs a detour; answering about the wrong
thing, as if the documentation covered it, costs trust, and is what budgets are for.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from supportbot.evaluation.cases import Case
from supportbot.evaluation.hearing import Heard, Hit
from supportbot.understanding.topics import REFUSING

Verdict = Literal["right", "accepted", "refused", "refused otherwise", "wrong"]
"""
``right``: the intent that was meant came first.  ``accepted``: one was heard that counts as
right.  ``refused``: nothing was understood, or a covered question was taken for one that is
not.  ``refused otherwise``: not covered was taken for out of scope, or the reverse.
``wrong``: it was answered, as covered, about the wrong thing.
"""
Z95: Final = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` of ``of`` messages, and the 95 % interval (Wilson) of the share behind them."""

    name: str
    count: int
    of: int
    better: Literal["high", "low"] = "high"

    @property
    def share(self) -> float:
        """Between 0 and 1; 0 when there was nothing to count."""
        return self.count / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The lowest and the highest share that the count is compatible with."""
        return wilson(self.count, self.of)


@dataclass(frozen=True, slots=True)
class Several:
    """
    Messages that ask several things: intents over all of them.

    ``asked`` were to be heard, ``heard`` were heard, ``found`` are both.  ``in_order`` counts
    the messages in which just what was asked was heard, in the order of the text.
    """

    messages: int
    asked: int
    heard: int
    found: int
    in_order: int

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.found / (self.asked + self.heard) if self.asked + self.heard else 0.0


def wilson(count: int, of: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a proportion; nothing counted says nothing: 0 to 1."""
    if of == 0:
        return 0.0, 1.0
    share, weight = count / of, Z95 * Z95 / of
    middle = (share + weight / 2) / (1 + weight)
    reach = Z95 * math.sqrt(share * (1 - share) / of + weight / of / 4) / (1 + weight)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def verdict(case: Case, heard: Sequence[Hit]) -> Verdict:
    """Judge what was heard in a message that asks one thing."""
    names = [hit.intent for hit in heard]
    if names and names[0] == case.intent:
        return "right"
    if not case.accepted.isdisjoint(names):
        return "accepted"
    if any(name not in REFUSING for name in names):
        return "wrong"
    return "refused otherwise" if names and case.intent in REFUSING else "refused"


def is_right(heard: Heard) -> bool:
    """Whether a message was understood, leniently; of several things, all and no more."""
    case, hits = heard.case, heard.hearing.heard
    if case.several:
        names = {hit.intent for hit in hits}
        return set(case.intents) <= names | set(case.also) and names <= case.accepted
    return verdict(case, hits) in ("right", "accepted")


def shares(heard: Sequence[Heard]) -> tuple[Share, ...]:
    """Return the headline figures of the messages that ask one thing each."""
    single = [each for each in heard if not each.case.several]
    covered = [each for each in single if each.case.intent not in REFUSING]
    uncovered = [each for each in single if each.case.intent in REFUSING]
    turns = [each for each in single if each.turn]
    found = (
        _share("accuracy, strict", single, lambda v: v == "right"),
        _share("accuracy, lenient", single, _lenient),
        _share("wrong answers", single, lambda v: v == "wrong", "low"),
        _share("refused", single, lambda v: v == "refused", "low"),
        _share("covered questions refused", covered, lambda v: v == "refused", "low"),
        _share("not covered or out of scope, answered", uncovered, lambda v: v == "wrong", "low"),
        _share("dialogue turns right", turns, _lenient),
    )
    return tuple(each for each in found if each.of)


def several(heard: Sequence[Heard]) -> Several | None:
    """Score the messages that ask several things; None: there are none."""
    asking = [each for each in heard if each.case.several]
    if not asking:
        return None
    pairs = [(each.case, [hit.intent for hit in each.hearing.heard]) for each in asking]
    return Several(
        messages=len(asking),
        asked=sum(len(case.intents) for case, _ in pairs),
        heard=sum(len(set(names) - set(case.also)) for case, names in pairs),
        found=sum(len(set(names) & set(case.intents)) for case, names in pairs),
        in_order=sum(tuple(names) == case.intents for case, names in pairs),
    )


def _lenient(given: Verdict) -> bool:
    return given in ("right", "accepted")


def _share(
    name: str,
    heard: Sequence[Heard],
    counts: Callable[[Verdict], bool],
    better: Literal["high", "low"] = "high",
) -> Share:
    count = sum(counts(verdict(each.case, each.hearing.heard)) for each in heard)
    return Share(name, count, len(heard), better)
