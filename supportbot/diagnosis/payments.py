"""Payments that came to nothing, wait for the bank, or are still under way."""

from datetime import UTC, datetime
from typing import Final

from supportbot.account import UNKNOWN, Account, Payment, Unknown
from supportbot.diagnosis.invoices import past_due_invoices
from supportbot.diagnosis.verdicts import Finding, Verdict, unchecked

LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


def newest_first(payments: list[Payment]) -> tuple[Payment, ...]:
    """Sort by the time of the payment; those without one come last, as they stood."""
    return tuple(sorted(payments, key=lambda paid: paid.created_at or LONG_AGO, reverse=True))


def pending_authorizations(account: Account) -> tuple[Payment, ...] | Unknown:
    """Return the payments that the customer's bank wants approved, newest first."""
    if account.payments is UNKNOWN:
        return UNKNOWN
    waiting = [paid for paid in account.payments if paid.status == "requires_action"]
    return newest_first(_not_made_good(waiting, account.payments))


def declined_payments(account: Account) -> tuple[Payment, ...] | Unknown:
    """
    Return the failed payments that still matter, newest first.

    Left out: what a later payment made good, and payments of an invoice that is known to
    be paid or void.  An invoice that could not be read is not known to be either.
    """
    if account.payments is UNKNOWN:
        return UNKNOWN
    invoices = () if account.invoices is UNKNOWN else account.invoices
    done = {invoice.id for invoice in invoices if invoice.status in ("paid", "void")}
    failed = [
        paid
        for paid in account.payments
        if paid.status == "failed" and (paid.invoice is None or paid.invoice not in done)
    ]
    return newest_first(_not_made_good(failed, account.payments))


def processing_top_ups(account: Account) -> tuple[Payment, ...] | Unknown:
    """Return the purchases of credits that the bank has not settled, newest first."""
    if account.payments is UNKNOWN:
        return UNKNOWN
    return newest_first(
        [
            paid
            for paid in account.payments
            if paid.purpose == "top_up" and paid.status == "processing"
        ]
    )


def bank_authorization_pending(account: Account, now: datetime) -> Verdict:
    """The bank wants the customer's approval for a payment."""
    payments = pending_authorizations(account)
    if payments is UNKNOWN:
        return unchecked("bank_authorization_pending", account, "payments")
    return _unpaid("bank_authorization_pending", payments, account, now)


def payment_declined(account: Account, now: datetime) -> Verdict:
    """A payment failed and nothing has made up for it."""
    payments = declined_payments(account)
    if payments is UNKNOWN:
        return unchecked("payment_declined", account, "payments")
    return _unpaid("payment_declined", payments, account, now)


def _unpaid(
    cause: str, payments: tuple[Payment, ...], account: Account, now: datetime
) -> Finding | None:
    """Payments of a past-due invoice come first: they tell why it is past due."""
    if not payments:
        return None
    invoices = past_due_invoices(account, now)
    due = set() if invoices is UNKNOWN else {invoice.id for invoice in invoices}
    items = tuple(sorted(payments, key=lambda paid: paid.invoice not in due))
    return Finding(cause, "certain", items, story=items[0].invoice in due)


def _not_made_good(tries: list[Payment], payments: tuple[Payment, ...]) -> list[Payment]:
    """
    Leave out the tries after which a payment of the same purpose and invoice succeeded.

    No invoice on both is the same invoice.  Without a time nothing is later, and nothing
    comes after it.
    """
    latest: dict[tuple[str, str | None], datetime] = {}
    for paid in payments:
        if paid.status == "succeeded" and paid.created_at is not None:
            key = (paid.purpose, paid.invoice)
            latest[key] = max(latest.get(key, paid.created_at), paid.created_at)

    def stands(tried: Payment) -> bool:
        success = latest.get((tried.purpose, tried.invoice))
        return success is None or tried.created_at is None or success <= tried.created_at

    return [tried for tried in tries if stands(tried)]
