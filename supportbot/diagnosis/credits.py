"""Credits: never bought, only free, bought too late, not settled, expired."""

from datetime import datetime
from typing import Final

from supportbot.account import UNKNOWN, Account, CreditGrant, Unknown
from supportbot.diagnosis.calls import needs_purchased_credits, recent_error
from supportbot.diagnosis.invoices import past_due_invoices
from supportbot.diagnosis.payments import processing_top_ups
from supportbot.diagnosis.verdicts import Finding, Item, Verdict, unchecked

LEAST_PURCHASE_USD: Final = 500  # cents
POSTPAID_TIERS: Final = ("scale", "enterprise")


def purchased_after_invoice(account: Account, now: datetime) -> tuple[CreditGrant, ...] | Unknown:
    """
    Return the credits bought after a past-due invoice was issued, as the record has them.

    Grants and invoices without the date are neither before nor after anything.
    """
    invoices, grants = past_due_invoices(account, now), account.credit_grants
    if invoices is UNKNOWN or grants is UNKNOWN:
        return UNKNOWN
    issued = [invoice.issued_at for invoice in invoices if invoice.issued_at is not None]
    if not issued:
        return ()
    first = min(issued)
    return tuple(
        grant
        for grant in grants
        if grant.kind == "purchased"
        and grant.voided_at is None
        and grant.settlement != "failed"
        and grant.created_at is not None
        and grant.created_at > first
    )


def unsettled_grants(account: Account, now: datetime) -> tuple[CreditGrant, ...] | Unknown:
    """Return the grants whose money is not there yet, or that take effect after ``now``."""
    if account.credit_grants is UNKNOWN:
        return UNKNOWN
    return tuple(
        grant
        for grant in account.credit_grants
        if grant.voided_at is None
        and (
            grant.settlement == "pending"
            or (grant.effective_at is not None and grant.effective_at > now)
        )
    )


def expired_free_grants(account: Account, now: datetime) -> tuple[CreditGrant, ...] | Unknown:
    """Return the free credits that were lost, by date or by hand, before they were used up."""
    if account.credit_grants is UNKNOWN:
        return UNKNOWN
    return tuple(
        grant
        for grant in account.credit_grants
        if grant.kind == "free"
        and (grant.remaining is None or grant.remaining > 0)
        and (
            grant.voided_at is not None or (grant.expires_at is not None and grant.expires_at < now)
        )
    )


def credits_after_invoice(account: Account, now: datetime) -> Verdict:
    """Credits were bought after the past-due invoice; they do not clear it."""
    grants = purchased_after_invoice(account, now)
    if grants is UNKNOWN:
        return unchecked("credits_after_invoice", account, "invoices", "credit_grants")
    return Finding("credits_after_invoice", "certain", grants, story=True) if grants else None


def no_purchase_yet(account: Account, now: datetime) -> Verdict:
    """Nothing, or less than the least purchase, was ever bought; an absent tier is no excuse."""
    bought = account.lifetime_purchased
    if account.tier in POSTPAID_TIERS:
        return None
    if bought is UNKNOWN:
        return unchecked("no_purchase_yet", account, "lifetime_purchased")
    too_little = bought < LEAST_PURCHASE_USD if account.currency == "USD" else bought == 0
    return Finding("no_purchase_yet", "certain") if too_little else None


def only_free_credits(account: Account, now: datetime) -> Verdict:
    """There are free credits and no purchased ones."""
    cause, balance = "only_free_credits", account.balance
    if balance is UNKNOWN or balance.purchased is UNKNOWN or balance.free is UNKNOWN:
        return unchecked(cause, account, "balance.purchased", "balance.free")
    if balance.purchased > 0 or balance.free <= 0:
        return None
    models, error = needs_purchased_credits(account, now), recent_error(account, now)
    if not models or error is UNKNOWN or error is None:
        return Finding(cause, "possible")
    return Finding(cause, "certain", (*models, error))


def credit_not_settled(account: Account, now: datetime) -> Verdict:
    """Credits are on their way."""
    grants, payments = unsettled_grants(account, now), processing_top_ups(account)
    if grants is UNKNOWN or payments is UNKNOWN:
        return unchecked("credit_not_settled", account, "credit_grants", "payments")
    items: tuple[Item, ...] = (*grants, *payments)
    return Finding("credit_not_settled", "likely", items) if items else None


def free_credit_expired(account: Account, now: datetime) -> Verdict:
    """Free credits ran out before they were used up."""
    grants = expired_free_grants(account, now)
    if grants is UNKNOWN:
        return unchecked("free_credit_expired", account, "credit_grants")
    return Finding("free_credit_expired", "possible", grants) if grants else None
