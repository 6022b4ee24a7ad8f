"""Small parts of account records, and one word for what the diagnosis says of a cause."""

from datetime import timedelta
from typing import Any, TypeVar

from supportbot.account import UNKNOWN, Account, Unknown
from supportbot.diagnosis import Finding, Unchecked, diagnose
from tests.records import NOW

T = TypeVar("T")


def known(part: tuple[T, ...] | Unknown) -> tuple[T, ...]:
    assert part is not UNKNOWN
    return part


def days_ago(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat()


def verdict(account: Account, cause: str) -> str:
    """Return the grade, ``ruled out`` or ``unchecked``."""
    diagnosis = diagnose(account, NOW)
    if cause in diagnosis.ruled_out:
        return "ruled out"
    for finding in diagnosis.findings:
        if finding.cause == cause:
            return finding.grade
    assert cause in [one.cause for one in diagnosis.unchecked]
    return "unchecked"


def finding(account: Account, cause: str) -> Finding:
    return next(one for one in diagnose(account, NOW).findings if one.cause == cause)


def unread(account: Account, cause: str) -> tuple[str, ...]:
    """Return the parts that kept ``cause`` from being checked; empty when it was checked."""
    missing: list[Unchecked] = [
        one for one in diagnose(account, NOW).unchecked if one.cause == cause
    ]
    return missing[0].parts if missing else ()


def ids(found: Finding) -> list[str]:
    return [item.id for item in found.items if hasattr(item, "id")]


def error(http_status: int, **more: Any) -> dict[str, Any]:
    return {"http_status": http_status, "at": days_ago(1), **more}


def invoice(**more: Any) -> dict[str, Any]:
    """An invoice that one automatic payment did not settle."""
    return {
        "id": "in_1",
        "number": "INV-1",
        "status": "open",
        "collection": "automatic",
        "total": 31240,
        "amount_remaining": 31240,
        "issued_at": days_ago(20),
        "attempts": 1,
        "pay_url": "https://pay.example.test/in_1",
    } | more


def payment(status: str, **more: Any) -> dict[str, Any]:
    """A payment of the invoice above."""
    return {
        "id": "py_1",
        "purpose": "invoice",
        "invoice": "in_1",
        "method": "pm_1",
        "amount": 31240,
        "status": status,
        "created_at": days_ago(3),
    } | more


def top_up(status: str, **more: Any) -> dict[str, Any]:
    return payment(status, id="py_2", purpose="top_up", invoice=None, amount=5000) | more


def card(**more: Any) -> dict[str, Any]:
    return {
        "id": "pm_1",
        "type": "card",
        "brand": "visa",
        "last4": "4242",
        "funding": "credit",
        "exp_month": 12,
        "exp_year": 2028,
        "default": True,
    } | more


def grant(**more: Any) -> dict[str, Any]:
    """Purchased credits that are there to be used."""
    return {
        "id": "cg_1",
        "kind": "purchased",
        "amount": 5000,
        "remaining": 5000,
        "created_at": days_ago(2),
        "effective_at": days_ago(2),
        "settlement": "settled",
    } | more
