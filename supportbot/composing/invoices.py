"""The "When" phrases about invoices, and which invoice a message asks for."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from supportbot.account import UNKNOWN, Invoice
from supportbot.composing.conditions import Condition, holds_if
from supportbot.composing.scope import Bound, Scope
from supportbot.diagnosis import past_due_invoices
from supportbot.understanding.entities import Month

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_LEADING = re.compile(r"^\D+|^0+")


def newest_first(scope: Scope) -> tuple[Invoice, ...]:
    """Return the account's invoices by the day of issue; those without one come last."""
    invoices = () if scope.account.invoices is UNKNOWN else scope.account.invoices
    return tuple(sorted(invoices, key=_issued, reverse=True))


def _issued(invoice: Invoice) -> datetime:
    return invoice.issued_at or _LONG_AGO


def is_asked_for(scope: Scope) -> bool:
    """Whether the message names an invoice at all."""
    mentions = scope.mentions
    return bool(mentions.invoices or mentions.months or mentions.ordinal)


def asked_for(scope: Scope) -> tuple[Invoice, ...]:
    """Return the account's invoices that the message names, the newest first."""
    invoices, mentions = newest_first(scope), scope.mentions
    if mentions.invoices:
        return tuple(each for each in invoices if _is_named(each, mentions.invoices))
    if mentions.months:
        chosen = [_of_month(scope, invoices, month) for month in mentions.months]
        return tuple(dict.fromkeys(each for group in chosen for each in group))
    return _by_ordinal(scope, invoices)


def _is_named(invoice: Invoice, names: Iterable[str]) -> bool:
    own = [invoice.id.casefold(), (invoice.number or "").casefold()]
    bare = {_LEADING.sub("", name) for name in own if name}
    return any(name.casefold() in own or _bare(name) in bare for name in names)


def _bare(name: str) -> str:
    return _LEADING.sub("", name.casefold()) or name


def _of_month(scope: Scope, invoices: tuple[Invoice, ...], month: Month) -> tuple[Invoice, ...]:
    """Choose by the month of issue or of the usage; without a year, the latest such month."""
    number, year = _resolved(scope, month)
    matching = [
        (when.year, invoice)
        for invoice in invoices
        for when in _months(scope, invoice)
        if when.month == number and year in (None, when.year)
    ]
    latest = max((each for each, _ in matching), default=None)
    return tuple(dict.fromkeys(invoice for each, invoice in matching if each == latest))


def _resolved(scope: Scope, month: Month) -> tuple[int | None, int | None]:
    if month.ago is None:
        return month.number, month.year
    today = scope.account.local(scope.now)
    since_year_0 = today.year * 12 + today.month - 1 - month.ago
    return since_year_0 % 12 + 1, since_year_0 // 12


def _months(scope: Scope, invoice: Invoice) -> list[datetime]:
    instants = (invoice.issued_at, invoice.period_start)
    return [scope.account.local(instant) for instant in instants if instant]


def _by_ordinal(scope: Scope, invoices: tuple[Invoice, ...]) -> tuple[Invoice, ...]:
    issued = tuple(invoice for invoice in invoices if invoice.status != "draft")
    if not issued:
        return ()
    focused = [n for n, invoice in enumerate(issued) if invoice.id in scope.focus]
    match scope.mentions.ordinal:
        case "latest":
            return issued[:1]
        case "first":
            return issued[-1:]
        case "previous":
            after = focused[-1] + 1 if focused else 1
            return issued[after : after + 1]
        case "other":
            return tuple(invoice for invoice in issued if invoice.id not in scope.focus)
        case None:
            return ()


def asked_and_there(scope: Scope) -> Bound | None:
    """The message names an invoice, and the account has it."""
    chosen = asked_for(scope)
    return {"invoice": chosen} if chosen else None


def asked_and_missing(scope: Scope) -> Bound | None:
    """The message names an invoice that the account does not have; binds the latest ones."""
    if not is_asked_for(scope) or asked_for(scope):
        return None
    return {"invoice": newest_first(scope)}


def asked_and_not_past_due(scope: Scope) -> Bound | None:
    """The message names an invoice of the account, and it is not past due."""
    late = past_due_invoices(scope.account, scope.now)
    late_ids = {invoice.id for invoice in late} if late is not UNKNOWN else set()
    chosen = tuple(invoice for invoice in asked_for(scope) if invoice.id not in late_ids)
    return {"invoice": chosen} if chosen and len(chosen) == len(asked_for(scope)) else None


def has_invoices(scope: Scope) -> Bound | None:
    """There are invoices; binds them, the newest first."""
    invoices = newest_first(scope)
    return {"invoice": invoices} if invoices else None


def has_no_invoices(scope: Scope) -> Bound | None:
    """There is none."""
    return holds_if(not newest_first(scope))


def nothing_past_due(scope: Scope) -> Bound | None:
    """There are invoices or none, but none is past due."""
    return holds_if(past_due_invoices(scope.account, scope.now) == ())


def invoice_conditions() -> Iterable[Condition]:
    """The phrases of this module."""
    needs = ("invoices",)
    yield from (
        Condition(
            "the invoice asked for is on the account",
            "by number, month, or as the latest or the other; binds it",
            needs,
            asked_and_there,
        ),
        Condition(
            "the invoice asked for is not on the account",
            "binds the latest ones",
            needs,
            asked_and_missing,
        ),
        Condition(
            "the invoice asked for is not past due", "binds it", needs, asked_and_not_past_due
        ),
        Condition("the account has invoices", "binds them, the newest first", needs, has_invoices),
        Condition("the account has no invoices", "", needs, has_no_invoices),
        Condition("no invoice is past due", "", needs, nothing_past_due),
    )
