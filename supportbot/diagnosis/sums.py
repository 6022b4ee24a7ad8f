"""Sums over one account record, in minor units; ``None`` when a part of the sum is missing."""

from typing import Final

from supportbot.account import UNKNOWN, Account, Quote, Unknown

DOCUMENTED_LIMIT_USD: Final = 10_000  # cents; the documentation: negative $100
TIERS_WITH_DOCUMENTED_LIMIT: Final = ("build_1", "build_2", "build_3", "build_4")


def effective_negative_limit(account: Account) -> int | Unknown:
    """
    Return how far below zero usage may go: the account's own limit, else the documented one.

    The documentation has one only for Build Tiers 1 to 4, in dollars.
    """
    limits = account.limits
    own = None if limits is UNKNOWN else limits.negative_limit
    if own is not None and own is not UNKNOWN:
        return own
    documented = account.currency == "USD" and account.tier in TIERS_WITH_DOCUMENTED_LIMIT
    return DOCUMENTED_LIMIT_USD if documented else UNKNOWN


def room_before_negative_limit(account: Account) -> int | None:
    """Return what may still be used; zero or less when the limit is reached."""
    limit = effective_negative_limit(account)
    if limit is UNKNOWN or account.balance is UNKNOWN:
        return None
    return limit + account.balance.total


def auto_recharge_purchases(account: Account) -> int | None:
    """
    Return how often auto-recharge buys to lift the balance to its threshold.

    The settings are taken as they stand, enabled or not; an amount of nothing has no sum.
    """
    setup, balance = account.auto_recharge, account.balance
    if setup is UNKNOWN or setup is None or balance is UNKNOWN:
        return None
    if setup.threshold is None or setup.amount is None or setup.amount <= 0:
        return None
    gap = max(0, setup.threshold - balance.total)
    return -(-gap // setup.amount)


def missing_for(quote: Quote, account: Account) -> int | None:
    """Return what the balance lacks before the job can start; 0 when it can."""
    if account.balance is UNKNOWN:
        return None
    return max(0, quote.required_amount - account.balance.total)
