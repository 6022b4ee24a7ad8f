"""Lago's wallets as credits, balance and auto-recharge.  Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal, cast

from supportbot.account import UNKNOWN, AutoRecharge, Balance, CreditGrant, Part
from supportbot.accounts.lago_mapping import cents, instant, minor_units
from supportbot.accounts.reading import Json, NotUnderstood

Wallet = tuple[Json, Sequence[Json]]
"""A wallet, and what went in and out of it."""

KINDS: Final[Mapping[str, Literal["purchased", "free"]]] = {
    "purchased": "purchased",
    "granted": "free",
}
SETTLEMENTS: Final = frozenset({"pending", "settled", "failed"})
AUTOMATIC: Final = frozenset({"threshold", "interval"})
RESULTS: Final[Mapping[str, Literal["succeeded", "failed"]]] = {
    "settled": "succeeded",
    "failed": "failed",
}


def credits_in_money(credits: object, wallet: Json) -> int | None:
    """Return credits, as text, in minor units at the wallet's rate; None stays None."""
    if credits is None:
        return None
    money = Decimal(str(credits)) * Decimal(str(wallet["rate_amount"]))
    return minor_units(str(money), wallet["currency"])


def grants(wallets: Iterable[Wallet], currency: str) -> list[CreditGrant]:
    """Return every credit that came into the wallets, bought or given."""
    return [
        _grant(wallet, each, currency)
        for wallet, transactions in wallets
        for each in transactions
        if each["transaction_type"] == "inbound"
    ]


def _grant(wallet: Json, found: Json, currency: str) -> CreditGrant:
    kind = KINDS.get(found["transaction_status"])
    if kind is None or found["status"] not in SETTLEMENTS:
        raise NotUnderstood(f"a credit has the status {found['transaction_status']!r}")
    live = wallet["status"] == "active"
    remaining = found.get("remaining_amount_cents")
    return CreditGrant(
        id=found["lago_id"],
        kind=kind,
        amount=minor_units(found["amount"], currency),
        remaining=None if remaining is None or not live else cents(remaining),
        created_at=instant(found["created_at"]),
        effective_at=instant(found["settled_at"]),
        expires_at=instant(wallet.get("expiration_at")),
        voided_at=instant(wallet.get("terminated_at")),
        settlement=cast(Any, found["status"]),
        payment=found.get("lago_invoice_id"),
    )


def balance(wallets: Sequence[Json], made: Sequence[CreditGrant]) -> Part[Balance]:
    """Return what the active wallets hold; UNKNOWN: there is no wallet that could hold any."""
    active = [each for each in wallets if each["status"] == "active"]
    if not active:
        return UNKNOWN
    total = sum(cents(each["ongoing_balance_cents"]) for each in active)
    usable = [each for each in made if each.voided_at is None]
    pending = sum(each.amount for each in usable if each.settlement == "pending")
    settled = [each for each in usable if each.settlement == "settled"]
    if any(each.remaining is None for each in settled):
        return Balance(total, pending=pending)  # of such wallets nobody keeps count by kind
    left = {"purchased": 0, "free": 0}
    for each in settled:
        left[each.kind] += each.remaining or 0
    return Balance(total, left["purchased"], left["free"], pending)


def bought(made: Iterable[CreditGrant]) -> int:
    """Return all that was ever bought."""
    return sum(
        each.amount for each in made if each.kind == "purchased" and each.settlement == "settled"
    )


def automatic_invoices(transactions: Iterable[Json]) -> frozenset[str]:
    """Return the invoices by which credits were bought without anybody asking."""
    return frozenset(
        each["lago_invoice_id"]
        for each in transactions
        if each["source"] in AUTOMATIC and each.get("lago_invoice_id")
    )


def auto_recharge(wallets: Iterable[Wallet], now: datetime) -> AutoRecharge | None:
    """Return the rule by which credits are bought below a threshold; None: there is none."""
    rules = [
        (rule, wallet, transactions)
        for wallet, transactions in wallets
        if wallet["status"] == "active"
        for rule in wallet.get("recurring_transaction_rules") or ()
        if rule["trigger"] == "threshold" and _is_active(rule, now)
    ]
    if len(rules) > 1:
        raise NotUnderstood("several rules buy credits below a threshold")
    if not rules:
        return None
    rule, wallet, transactions = rules[0]
    last = max(
        (each for each in transactions if each["source"] == "threshold"),
        key=lambda each: str(each["created_at"]),
        default=None,
    )
    fixed = rule["method"] == "fixed"
    return AutoRecharge(
        enabled=True,
        threshold=credits_in_money(rule["threshold_credits"], wallet),
        amount=credits_in_money(rule["paid_credits"], wallet) if fixed else None,
        last_run_at=instant(last["created_at"]) if last else None,
        last_result=RESULTS.get(last["status"]) if last else None,
    )


def _is_active(rule: Json, now: datetime) -> bool:
    over = instant(rule.get("expiration_at"))
    return rule["status"] == "active" and (over is None or over > now)
