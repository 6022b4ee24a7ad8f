"""A record of which the good parts are used and the bad ones are named."""

from typing import Any, Final

from supportbot.account import Account
from supportbot.accounts.record import Fault, check_record
from supportbot.errors import SourceUnavailable
from supportbot.snapshot import EVERY_PART, Failure, Snapshot, whole

OPTIONAL_FIELDS: Final = frozenset(
    {
        "balance.purchased",
        "balance.free",
        "balance.pending",
        "limits.negative_limit",
        "limits.balance_limit",
        "limits.spent_this_period",
    }
)
"""Fields that may be unknown singly; any other fault makes the whole part unknown."""


def use_good_parts(record: dict[str, Any], source: str) -> Snapshot:
    """
    Return what is good of a JSON record; a bad part is unknown, and named with its faults.

    A field at the top that no record has is passed over: unknown is not wrong.

    Raises:
        SourceUnavailable: what every record must have is missing or wrong.
    """
    failures: list[Failure] = []
    while True:
        outcome = check_record(record)
        if isinstance(outcome, Account):
            return whole(outcome, source, tuple(failures))
        for fault in outcome:
            place = _place(fault)
            failure = _failure(fault, place, source)
            if failure:
                failures.append(failure)
            record = _without(record, place)


def _place(fault: Fault) -> str:
    top = fault.field.partition(".")[0].partition("[")[0]
    return fault.field if fault.field in OPTIONAL_FIELDS else top


def _failure(fault: Fault, place: str, source: str) -> Failure | None:
    if place.partition(".")[0] in EVERY_PART:
        return Failure(source, place, f"{source}: {fault}.")
    if place in ("", "id", "name", "currency", "as_of", "timezone"):
        raise SourceUnavailable(f"{source} sent a record that cannot be used: {fault}.")
    return None


def _without(record: dict[str, Any], place: str) -> dict[str, Any]:
    top, _, field = place.partition(".")
    if not field or not isinstance(record.get(top), dict):
        return {name: value for name, value in record.items() if name != top}
    kept = {name: value for name, value in record[top].items() if name != field}
    return {**record, top: kept}
