"""What a check of one cause can say: found, not checkable, or (``None``) ruled out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from supportbot.account import (
    UNKNOWN,
    Account,
    ApiKey,
    AutoRecharge,
    CreditGrant,
    Incident,
    Invoice,
    LastError,
    ModelAccess,
    Payment,
    PaymentMethod,
    Quote,
)
from supportbot.answer import Grade

__all__ = [
    "Check",
    "Diagnosis",
    "Finding",
    "Grade",
    "Item",
    "Unchecked",
    "Verdict",
    "absent_parts",
    "unchecked",
]

Item = (
    ApiKey
    | AutoRecharge
    | CreditGrant
    | Incident
    | Invoice
    | LastError
    | ModelAccess
    | Payment
    | PaymentMethod
    | Quote
)


@dataclass(frozen=True, slots=True)
class Finding:
    """
    A cause that holds; ``items`` of the record show it, the most telling first.

    Causes that only parts of the account show (its status, balance, limits) have no items.
    ``story``: it explains why the past-due invoice is unpaid and is told together with it.
    """

    cause: str
    grade: Grade
    items: tuple[Item, ...] = ()
    story: bool = False


@dataclass(frozen=True, slots=True)
class Unchecked:
    """
    A cause that nobody could look for, because ``parts`` of the record were not read.

    A part is named as in the record: ``invoices``, or ``balance.purchased`` when the rest
    of the balance is there.  ``payment_methods.default`` means that no card among several
    is marked, ``model_access.min_tier`` that the model's tier is none that we know.
    """

    cause: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Every cause in exactly one of three tuples, each in the order of ``CAUSES``."""

    findings: tuple[Finding, ...]
    ruled_out: tuple[str, ...]
    unchecked: tuple[Unchecked, ...]


Verdict = Finding | Unchecked | None
Check = Callable[[Account, datetime], Verdict]


def unchecked(cause: str, account: Account, *needs: str) -> Unchecked:
    """Return the verdict that names those of ``needs`` that the record lacks."""
    return Unchecked(cause, tuple(dict.fromkeys(absent_parts(account, needs))))


def absent_parts(account: Account, needs: tuple[str, ...]) -> list[str]:
    """Name the absent ones; of an absent whole only the whole is named."""
    absent = []
    for need in needs:
        whole, _, part = need.partition(".")
        value = getattr(account, whole)
        if value is UNKNOWN:
            absent.append(whole)
        elif part and getattr(value, part) is UNKNOWN:
            absent.append(need)
    return absent
