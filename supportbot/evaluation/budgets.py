"""Budgets that an evaluation must keep to."""

from collections.abc import Iterator
from dataclasses import dataclass

from supportbot.evaluation.report import Report
from supportbot.evaluation.scoring import Share


@dataclass(frozen=True, slots=True)
class Budgets:
    """
    Shares between 0 and 1; None: no budget.

    ``wrong`` is a share of all messages that ask one thing, ``refused`` of those of them that
    the documentation covers, ``accuracy`` the lenient one.
    """

    wrong: float | None = None
    refused: float | None = None
    accuracy: float | None = None


def broken(report: Report, budgets: Budgets) -> tuple[str, ...]:
    """Return a sentence for each budget that is broken: which, and by how much."""
    return tuple(_sentences(report, budgets))


def _sentences(report: Report, budgets: Budgets) -> Iterator[str]:
    most = (
        ("--max-wrong", report.share("wrong answers"), budgets.wrong),
        ("--max-refused", report.share("covered questions refused"), budgets.refused),
    )
    for option, share, limit in most:
        if limit is not None and share.share > limit:
            yield _said(option, share, limit, share.share - limit, "over")
    accuracy, least = report.share("accuracy, lenient"), budgets.accuracy
    if least is not None and accuracy.share < least:
        yield _said("--min-accuracy", accuracy, least, least - accuracy.share, "under")


def _said(option: str, share: Share, limit: float, gap: float, side: str) -> str:
    return (
        f"{option} {limit:g} is broken: {share.name} {share.count} of {share.of} "
        f"({share.share:.1%}), {gap * 100:.1f} points {side} the budget."
    )
