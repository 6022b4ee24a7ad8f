"""What stops access at any balance: a suspended account, an invoice that is past due."""

from datetime import UTC, datetime
from typing import Final

from supportbot.account import UNKNOWN, Account, Invoice, LastError, Unknown
from supportbot.diagnosis.calls import recent_error
from supportbot.diagnosis.verdicts import Finding, Verdict, unchecked

FAR_AHEAD: Final = datetime.max.replace(tzinfo=UTC)


def past_due_invoices(account: Account, now: datetime) -> tuple[Invoice, ...] | Unknown:
    """
    Return the invoices to pay, oldest issued first; those without an issue date last.

    A payment that is under way clears its invoice for the time being.  Payments that
    could not be read are taken for none.
    """
    if account.invoices is UNKNOWN:
        return UNKNOWN
    payments = () if account.payments is UNKNOWN else account.payments
    under_way = {paid.invoice for paid in payments if paid.status == "processing"}
    due = [
        invoice
        for invoice in account.invoices
        if _is_late(invoice, now) and invoice.id not in under_way
    ]
    return tuple(sorted(due, key=lambda invoice: invoice.issued_at or FAR_AHEAD))


def account_suspended(account: Account, now: datetime) -> Verdict:
    """The platform has suspended the account."""
    if account.status is UNKNOWN:
        return unchecked("account_suspended", account, "status")
    return Finding("account_suspended", "certain") if account.status == "suspended" else None


def past_due_invoice(account: Account, now: datetime) -> Verdict:
    """An invoice is past due, which stops access at any balance."""
    invoices = past_due_invoices(account, now)
    if invoices is UNKNOWN:
        return unchecked("past_due_invoice", account, "invoices")
    if not invoices:
        return None
    error = recent_error(account, now)
    if isinstance(error, LastError) and error.http_status == 402:
        return Finding("past_due_invoice", "certain", (*invoices, error))
    if account.status_reason == "past_due":
        return Finding("past_due_invoice", "certain", invoices)
    return Finding("past_due_invoice", "likely", invoices)


def _is_late(invoice: Invoice, now: datetime) -> bool:
    if invoice.amount_remaining <= 0:
        return False
    if invoice.status != "open":
        return invoice.status == "uncollectible"
    if invoice.collection == "automatic":
        return invoice.attempts is not None and invoice.attempts >= 1
    return invoice.due_at is not None and invoice.due_at < now
