"""Causes that the balance shows against what is asked of it: jobs, caps, auto-recharge."""

from datetime import datetime

from supportbot.account import UNKNOWN, Account, LastError
from supportbot.diagnosis.calls import recent_error
from supportbot.diagnosis.sums import effective_negative_limit, missing_for
from supportbot.diagnosis.verdicts import Finding, Unchecked, Verdict, unchecked


def job_needs_more_balance(account: Account, now: datetime) -> Verdict:
    """A job that was asked for needs more than there is."""
    if account.quotes is UNKNOWN or account.balance is UNKNOWN:
        return unchecked("job_needs_more_balance", account, "quotes", "balance")
    quotes = tuple(quote for quote in account.quotes if missing_for(quote, account))
    return Finding("job_needs_more_balance", "certain", quotes) if quotes else None


def balance_limit_reached(account: Account, now: datetime) -> Verdict:
    """The cap that the customer set is used up."""
    cause, limits = "balance_limit_reached", account.limits
    if limits is UNKNOWN or limits.balance_limit is UNKNOWN or limits.spent_this_period is UNKNOWN:
        return unchecked(cause, account, "limits.balance_limit", "limits.spent_this_period")
    if limits.balance_limit is None or limits.spent_this_period < limits.balance_limit:
        return None
    return Finding(cause, "certain")


def negative_limit_reached(account: Account, now: datetime) -> Verdict:
    """The account owes as much as it may; with money on it, it never does."""
    cause, balance = "negative_limit_reached", account.balance
    if balance is not UNKNOWN and balance.total > 0:
        return None
    limit = effective_negative_limit(account)
    if limit is UNKNOWN:
        return _no_limit_known(cause, account)
    if balance is UNKNOWN:
        return unchecked(cause, account, "balance")
    return Finding(cause, "certain") if balance.total <= -limit else None


def no_balance(account: Account, now: datetime) -> Verdict:
    """Nothing is left, short of the negative limit, or the limit is not known."""
    if account.balance is UNKNOWN:
        return unchecked("no_balance", account, "balance")
    if account.balance.total > 0 or isinstance(negative_limit_reached(account, now), Finding):
        return None
    error = recent_error(account, now)
    if isinstance(error, LastError) and error.http_status == 402:
        return Finding("no_balance", "likely", (error,))
    return Finding("no_balance", "possible")


def auto_recharge_failed(account: Account, now: datetime) -> Verdict:
    """Auto-recharge is on, and its last run did not bring money."""
    setup = account.auto_recharge
    if setup is UNKNOWN:
        return unchecked("auto_recharge_failed", account, "auto_recharge")
    if setup is None or not setup.enabled or setup.last_result != "failed":
        return None
    return Finding("auto_recharge_failed", "likely", (setup,))


def _no_limit_known(cause: str, account: Account) -> Unchecked:
    """
    Name what keeps the limit unknown; the tier only where it would tell.

    Where nothing is absent (a null limit on a tier or in a currency without a documented
    one) it is the limit itself.
    """
    needs = ["balance", "limits.negative_limit"]
    if account.currency == "USD":
        needs.append("tier")
    found = unchecked(cause, account, *needs)
    return found if found.parts else Unchecked(cause, ("limits.negative_limit",))
