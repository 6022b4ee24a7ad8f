"""
The menu of "When" phrases: each a tested check on an account.

A check is told that every part of the record that it needs has been read.  It returns the
items that the section may then speak of, an empty mapping when it holds without any, or
``None`` when it does not hold.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from supportbot.account import UNKNOWN, CreditGrant, Payment
from supportbot.composing.scope import Bound, Scope, bound_by_type
from supportbot.diagnosis import Finding, Grade, Item, absent_parts, past_due_invoices

Check = Callable[[Scope], Bound | None]


@dataclass(frozen=True, slots=True)
class Unread:
    """It cannot be said, because these parts of the record were not read."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """
    One phrase; ``needs`` are the parts of the record without which it cannot be said.

    ``cause``: the finding that it tells; ``absent``: the one that it says is not there.
    """

    phrase: str
    about: str
    needs: tuple[str, ...]
    check: Check
    cause: str | None = None
    grades: tuple[Grade, ...] = ("certain", "likely", "possible")
    absent: str | None = None


def evaluate(condition: Condition, scope: Scope) -> Bound | Unread | None:
    """Say whether a phrase holds of an account, does not (None), or cannot be checked."""
    if condition.cause:
        return _of_diagnosis(condition, scope)
    missing = tuple(absent_parts(scope.account, condition.needs))
    return Unread(missing) if missing else condition.check(scope)


def holds_if(holds: bool) -> Bound | None:
    """Turn a plain yes or no into what a check returns."""
    return {} if holds else None


def nothing_blocks(scope: Scope) -> Bound | None:
    """No cause was found; what could not be checked is named beside it."""
    return holds_if(not scope.diagnosis.findings)


def _of_diagnosis(condition: Condition, scope: Scope) -> Bound | Unread | None:
    for finding in scope.diagnosis.findings:
        if finding.cause == condition.cause:
            return _items(finding, scope) if told_by(condition, finding, scope) else None
    for unchecked in scope.diagnosis.unchecked:
        if unchecked.cause == condition.cause:
            return Unread(unchecked.parts)
    return None


def told_by(condition: Condition, finding: Finding, scope: Scope) -> bool:
    """Whether a phrase is about this finding: its cause, its grade, and what else it asks."""
    same = condition.cause == finding.cause and finding.grade in condition.grades
    return same and condition.check(scope) is not None


def _items(finding: Finding, scope: Scope) -> Bound:
    """Bind what shows the finding; of several tries at one payment only the last is told."""
    items = finding.items
    if finding.cause == "credits_after_invoice":  # a story of credits and of the invoices
        late = past_due_invoices(scope.account, scope.now)
        items = (*items, *(() if late is UNKNOWN else late))
    if finding.cause == "credit_not_settled":  # a credit and its own payment are one purchase
        own = {item.payment for item in items if isinstance(item, CreditGrant)}
        items = tuple(item for item in items if getattr(item, "id", None) not in own)
    bound = bound_by_type(items)
    payments = bound.get("payment")
    return {**bound, "payment": _last_tries(payments)} if payments else bound


def _last_tries(payments: tuple[Item, ...]) -> tuple[Item, ...]:
    last: dict[tuple[str, str | None], Payment] = {}
    for payment in sorted((p for p in payments if isinstance(p, Payment)), key=when_made):
        last[payment.purpose, payment.invoice] = payment
    return tuple(last.values())


def when_made(payment: Payment) -> float:
    """Return a payment's time for sorting; one without comes first."""
    return payment.created_at.timestamp() if payment.created_at else 0.0


def _nothing_more(_scope: Scope) -> Bound | None:
    return {}


def _has_recorded_negative_limit(scope: Scope) -> Bound | None:
    limits = scope.account.limits
    return holds_if(limits is not UNKNOWN and isinstance(limits.negative_limit, int))


_CAUSE_PHRASES: Final[tuple[tuple[str, str, str], ...]] = (
    ("service_incident", "the service has an incident", "an incident is open"),
    ("key_revoked", "the API key was revoked", "the key of the latest failed call"),
    ("key_revoked", "the API key may have been revoked", "a key of this account was"),
    (
        "key_of_other_account",
        "the API key belongs to another account",
        "the key of the latest failed call",
    ),
    ("account_suspended", "the account is suspended", "the account's status"),
    ("past_due_invoice", "an invoice is past due", "binds the invoices, oldest first"),
    (
        "credits_after_invoice",
        "credits were bought after a past-due invoice",
        "binds those credits and the invoices",
    ),
    ("bank_authorization_pending", "a payment waits for the bank's approval", "binds the payments"),
    ("prepaid_card", "the default card is prepaid", "certain, by the card's funding"),
    ("prepaid_card", "the default card may be prepaid", "only a suspicion"),
    ("card_expired", "the default card has expired", "binds the card"),
    ("payment_declined", "a payment was declined", "and not made good since; binds them"),
    ("no_purchase_yet", "nothing has been bought yet", "less than the minimum purchase, ever"),
    ("only_free_credits", "a model asks for purchased credits", "and there are none"),
    ("only_free_credits", "the account has only free credits", "and no purchased ones"),
    ("tier_too_low", "a model needs a higher tier", "the model of the latest failed call"),
    ("job_needs_more_balance", "a job needs more balance", "binds the quotes"),
    ("balance_limit_reached", "the balance limit is reached", "the customer's own cap"),
    ("negative_limit_reached", "the negative limit is reached", "how far below zero"),
    ("no_balance", "the balance is used up", "zero or below, within the negative limit"),
    ("credit_not_settled", "a credit purchase has not settled", "binds credits or payments"),
    ("free_credit_expired", "a free credit has expired", "or was taken back; binds it"),
    ("auto_recharge_failed", "auto-recharge failed", "its last run"),
    ("rate_limited", "calls are rate limited", "the latest failed call was a 429"),
    ("request_rejected", "a request was rejected", "the latest failed call was a 4xx"),
)

_ABSENCES: Final[tuple[tuple[str, str, str], ...]] = (
    ("payment_declined", "no declined payment is on record", "that was not made good since"),
    ("bank_authorization_pending", "no payment waits for the bank's approval", ""),
)
ALL_GRADES: Final[tuple[Grade, ...]] = ("certain", "likely", "possible")
_GRADES: Final[Mapping[str, tuple[Grade, ...]]] = {
    "the API key was revoked": ("certain",),
    "the API key may have been revoked": ("likely",),
    "the default card is prepaid": ("certain",),
    "the default card may be prepaid": ("possible",),
    "a model asks for purchased credits": ("certain",),
}


def _is_ruled_out(cause: str) -> Check:
    return lambda scope: holds_if(cause in scope.diagnosis.ruled_out)


def cause_conditions() -> Iterable[Condition]:
    """At least one phrase for each cause of the diagnosis, in its order."""
    for cause, phrase, about in _CAUSE_PHRASES:
        yield Condition(phrase, about, (), _nothing_more, cause, _GRADES.get(phrase, ALL_GRADES))
    yield Condition(
        "the negative limit on the record is reached",
        "the record has one",
        (),
        _has_recorded_negative_limit,
        "negative_limit_reached",
    )
    for cause, phrase, about in _ABSENCES:
        yield Condition(phrase, about, (), _is_ruled_out(cause), absent=cause)
    yield Condition("nothing blocks access", "no cause was found", (), nothing_blocks)


OPEN_WORDS: Final[Mapping[str, str]] = {
    "payment_methods.default": "which of your cards is the default one",
    "model_access.min_tier": "which tier the model asks for",
    "limits.negative_limit": "how far below zero your account may go",
}
PART_WORDS: Final[Mapping[str, str]] = {
    "tier": "your tier",
    "status": "your account's status",
    "members": "who belongs to your account",
    "balance": "your balance",
    "lifetime_purchased": "how much you have bought so far",
    "limits": "your limits",
    "credit_grants": "your single credits",
    "invoices": "your invoices",
    "payments": "your payments",
    "payment_methods": "your cards",
    "auto_recharge": "your auto-recharge settings",
    "api_keys": "your API keys",
    "last_error": "your latest failed call",
    "model_access": "which models your account may use",
    "quotes": "what your jobs would need",
    "incidents": "the state of the service",
}
