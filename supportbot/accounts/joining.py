"""
One account from what several sources say: field by field, the first that knows it.

Pure.  Money of two currencies never meets: a source that counts in another currency than the
first gives nothing but its disagreement.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Final

from supportbot.account import UNKNOWN, Account, Balance, Limits
from supportbot.errors import AccountError, AccountNotFound, SourceUnavailable
from supportbot.snapshot import EVERY_PART, HEADER, Disagreement, Failure, Origin, Snapshot, path

Outcome = tuple[str, Snapshot | AccountError]
WHOLE_FIELDS: Final = ("tier", "status", "lifetime_purchased")
BY_FIELD: Final[Mapping[str, type]] = {"balance": Balance, "limits": Limits}
ITEM_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "credit_grants": ("kind", "amount", "remaining", "expires_at"),
    "invoices": ("status", "total", "amount_remaining", "due_at"),
    "payments": ("amount", "status"),
    "payment_methods": ("last4", "funding", "exp_month", "exp_year"),
}
"""What two sources may disagree on; items are the same when they have the same id."""


def join(account_id: str, outcomes: Sequence[Outcome]) -> Snapshot:
    """
    Join what the sources said, the earlier before the later.

    Raises:
        AccountNotFound: every source was asked, and none has the account.
        SourceUnavailable: none has it, and not all could be asked.
    """
    found = [each for _, each in outcomes if isinstance(each, Snapshot)]
    if not found:
        _raise(account_id, [each for _, each in outcomes if isinstance(each, AccountError)])
    failed = tuple(
        Failure(name, "", str(each))
        for name, each in outcomes
        if isinstance(each, AccountError) and not isinstance(each, AccountNotFound)
    )
    if len(found) == 1:
        return replace(found[0], failures=(*found[0].failures, *failed))
    return _joined(found, failed)


def _raise(account_id: str, errors: Sequence[AccountError]) -> None:
    for error in errors:
        if isinstance(error, SourceUnavailable):
            raise error
    raise AccountNotFound(account_id)


def _joined(found: Sequence[Snapshot], failed: tuple[Failure, ...]) -> Snapshot:
    leading = next((each for each in found if each.currency_known), found[0])
    currency = leading.account.currency
    same = [each for each in found if not each.currency_known or each.account.currency == currency]
    strangers = [each for each in found if each not in same]
    values: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    for part in sorted(EVERY_PART):
        _take(part, same, values, origins)
    account = replace(
        same[0].account,
        name=next((each.account.name for each in same if each.account.name), ""),
        timezone=next((each.account.timezone for each in same if each.account.timezone), None),
        currency=currency,
        status_reason=_reason(same),
        as_of=min((each.as_of for each in origins.values()), default=same[0].account.as_of),
        **values,
    )
    header = dict.fromkeys(HEADER, Origin(_any_origin(same[0]).source, account.as_of))
    return Snapshot(
        account,
        origins | header,
        (*(failure for each in found for failure in each.failures), *failed),
        (
            *(_other_currency(leading, each) for each in strangers),
            *_disagreements(same),
        ),
        leading.currency_known,
    )


def _take(
    part: str, found: Sequence[Snapshot], values: dict[str, Any], origins: dict[str, Origin]
) -> None:
    """Put a part and its origin where they belong; balance and limits field by field."""
    knowing = [each for each in found if getattr(each.account, part) is not UNKNOWN]
    if not knowing:
        return
    first = knowing[0]
    values[part], origins[part] = getattr(first.account, part), first.origin(part)
    for each in fields(BY_FIELD[part]) if part in BY_FIELD else ():
        for snapshot in knowing:
            value = getattr(getattr(snapshot.account, part), each.name)
            if value is not UNKNOWN:
                values[part] = replace(values[part], **{each.name: value})
                origins[f"{part}.{each.name}"] = snapshot.origin(part, each.name)
                break


def _reason(found: Sequence[Snapshot]) -> str | None:
    """Take the reason from where the status is from: of another it would explain nothing."""
    return next(
        (each.account.status_reason for each in found if each.account.status is not UNKNOWN), None
    )


def _other_currency(used: Snapshot, other: Snapshot) -> Disagreement:
    return Disagreement(
        "currency",
        _any_origin(used),
        used.account.currency,
        _any_origin(other),
        other.account.currency,
    )


def _any_origin(snapshot: Snapshot) -> Origin:
    return next(iter(snapshot.origins.values()), Origin("", snapshot.account.as_of))


def _disagreements(found: Sequence[Snapshot]) -> Iterator[Disagreement]:
    """Compare every source with the first that knows the field."""
    told: dict[str, tuple[Origin, object]] = {}
    for snapshot in found:
        for field, origin, value in _figures(snapshot):
            if origin.caveat:
                continue  # known to be another figure: nobody is wrong
            used = told.setdefault(field, (origin, value))
            if used[1] != value:
                yield Disagreement(field, *used, origin, value)


def _figures(snapshot: Snapshot) -> Iterator[tuple[str, Origin, object]]:
    account = snapshot.account
    for name in WHOLE_FIELDS:
        if (value := getattr(account, name)) is not UNKNOWN:
            yield name, snapshot.origin(name), value
    for part, kind in BY_FIELD.items():
        for each in fields(kind):
            value = getattr(getattr(account, part), each.name, UNKNOWN)
            if value is not UNKNOWN:
                yield path(part, each.name), snapshot.origin(part, each.name), value
    for part, names in ITEM_FIELDS.items():
        yield from _of_items(snapshot, account, part, names)


def _of_items(
    snapshot: Snapshot, account: Account, part: str, names: tuple[str, ...]
) -> Iterator[tuple[str, Origin, object]]:
    items = getattr(account, part)
    for item in () if items is UNKNOWN else items:
        for name in names:
            if (value := getattr(item, name)) is not None:
                yield path(part, name, item.id), snapshot.origin(part), value
