"""
Stripe's objects as parts of the account record.  Pure.

An object that cannot be understood spoils its whole list: left out, it could make a cause
look ruled out.  A value that Stripe may add later is such a thing; unknown fields are not.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal, cast, get_args

from supportbot.account import (
    TIERS,
    CreditGrant,
    Invoice,
    Payment,
    PaymentMethod,
    Tier,
)
from supportbot.accounts.reading import Json, NotUnderstood
from supportbot.money import minor_unit_digits

STRIPES_OWN_DIGITS: Final[Mapping[str, int]] = {"ISK": 2, "UGX": 2, "MGA": 0}
"""Where Stripe counts in other units than ISO 4217's."""

KINDS: Final[Mapping[str, Literal["purchased", "free"]]] = {
    "paid": "purchased",
    "promotional": "free",
}
COLLECTIONS: Final[Mapping[str, Literal["automatic", "send_invoice"]]] = {
    "charge_automatically": "automatic",
    "send_invoice": "send_invoice",
}
PURPOSES: Final = frozenset(get_args(Payment.__annotations__["purpose"]))
STATES: Final[Mapping[str, Literal["succeeded", "processing", "canceled", "requires_action"]]] = {
    "succeeded": "succeeded",
    "processing": "processing",
    "requires_capture": "processing",
    "canceled": "canceled",
    "requires_action": "requires_action",
}
INVOICE_STATES: Final = frozenset(get_args(Invoice.__annotations__["status"]))
FUNDINGS: Final = frozenset({"credit", "debit", "prepaid"})


def minor_units(amount: object, currency: object, wanted: str) -> int:
    """
    Return an amount in ISO 4217's minor units of ``wanted``, from Stripe's own units.

    Raises:
        NotUnderstood: it is of another currency, or not a whole number of minor units.
    """
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise NotUnderstood(f"an amount is {amount!r}")
    if str(currency).upper() != wanted:
        raise NotUnderstood(f"an amount is in {str(currency).upper()}, the account in {wanted}")
    shift = STRIPES_OWN_DIGITS.get(wanted, minor_unit_digits(wanted)) - minor_unit_digits(wanted)
    if shift <= 0:
        return amount * int(10**-shift)
    if amount % 10**shift:
        raise NotUnderstood(f"{amount} is a fraction of the smallest {wanted}")
    return amount // int(10**shift)


def instant(seconds: object) -> datetime | None:
    """Return Unix seconds as an instant; None stays None."""
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise NotUnderstood(f"a time is {seconds!r}")
    return datetime.fromtimestamp(seconds, UTC)


def id_of(reference: object) -> str | None:
    """Return the id of what a field points to, be it an id or the object itself."""
    if isinstance(reference, Mapping):
        reference = reference.get("id")
    return reference if isinstance(reference, str) else None


def must_be_of(customer: str, found: Json) -> Json:
    """Return ``found`` if it is this customer's, else raise NotUnderstood."""
    if id_of(found.get("customer")) != customer:
        raise NotUnderstood("an object of another customer was sent")
    return found


def tier_of(customer: Json) -> Tier | None:
    """Return the tier, if the platform keeps it in the customer's metadata."""
    kept = (customer.get("metadata") or {}).get("tier")
    return cast(Tier, kept) if kept in TIERS else None


def invoice(found: Json, currency: str) -> Invoice:
    """Return an invoice."""
    status = found.get("status")
    if status not in INVOICE_STATES:
        raise NotUnderstood(f"an invoice has the status {status!r}")
    moved = found.get("status_transitions") or {}
    start, end = _usage_period(found)
    return Invoice(
        id=_id(found),
        status=cast(Any, status),
        total=minor_units(found.get("total"), found.get("currency"), currency),
        amount_remaining=minor_units(
            found.get("amount_remaining"), found.get("currency"), currency
        ),
        number=_text(found.get("number")),
        collection=COLLECTIONS.get(str(found.get("collection_method"))),
        period_start=start,
        period_end=end,
        issued_at=instant(moved.get("finalized_at")),
        due_at=instant(found.get("due_date")),
        paid_at=instant(moved.get("paid_at")),
        attempts=_count(found.get("attempt_count")),
        next_attempt_at=instant(found.get("next_payment_attempt")),
        pay_url=_text(found.get("hosted_invoice_url")),
    )


def _usage_period(found: Json) -> tuple[datetime | None, datetime | None]:
    """Take the usage's period from the lines: the invoice's own is when lines could be added."""
    periods = [line.get("period") or {} for line in (found.get("lines") or {}).get("data") or ()]
    starts = [each["start"] for each in periods if each.get("start") is not None]
    ends = [each["end"] for each in periods if each.get("end") is not None]
    return (instant(min(starts)) if starts else None, instant(max(ends)) if ends else None)


def payment(found: Json, currency: str, invoices: Mapping[str, str]) -> Payment | None:
    """
    Return a payment intent as a payment; None: nothing was tried yet.

    ``invoices`` says which intent is for which invoice.
    """
    failure = found.get("last_payment_error") or {}
    status = str(found.get("status"))
    if status == "requires_payment_method" and failure:
        state: Any = "failed"
    elif status in ("requires_payment_method", "requires_confirmation"):
        return None
    elif status in STATES:
        state = STATES[status]
    else:
        raise NotUnderstood(f"a payment has the status {status!r}")
    own_id = _id(found)
    for_invoice = invoices.get(own_id)
    return Payment(
        id=own_id,
        purpose="invoice" if for_invoice else _purpose(found),
        amount=minor_units(found.get("amount"), found.get("currency"), currency),
        status=state,
        invoice=for_invoice,
        method=id_of(found.get("payment_method")) or id_of(failure.get("payment_method")),
        created_at=instant(found.get("created")),
        decline_code=_code(failure) if state == "failed" else None,
    )


def _purpose(found: Json) -> Any:  # noqa: ANN401 -- one of PURPOSES
    kept = (found.get("metadata") or {}).get("purpose")
    return kept if kept in PURPOSES else "top_up"


def _code(failure: Json) -> str | None:
    return _text(failure.get("decline_code")) or _text(failure.get("code"))


def paid_invoices(found: Iterable[Json]) -> dict[str, str]:
    """Return, by the id of a payment intent, the invoice that it is for."""
    pairs = {}
    for each in found:
        intent = id_of((each.get("payment") or {}).get("payment_intent"))
        for_invoice = id_of(each.get("invoice"))
        if intent and for_invoice:
            pairs[intent] = for_invoice
    return pairs


def card(found: Json, default: str | None) -> PaymentMethod:
    """Return a card; ``default`` is the id of the customer's default payment method."""
    about = found.get("card") or {}
    last4 = about.get("last4")
    return PaymentMethod(
        id=_id(found),
        type="card",
        brand=_text(about.get("brand")),
        last4=last4 if isinstance(last4, str) and len(last4) == 4 and last4.isdigit() else None,
        funding=cast(Any, about["funding"]) if about.get("funding") in FUNDINGS else "unknown",
        exp_month=_count(about.get("exp_month")),
        exp_year=_count(about.get("exp_year")),
        default=found.get("id") == default,
    )


def grant(found: Json, currency: str, remaining: int | None) -> CreditGrant:
    """Return a credit grant; ``remaining`` None: not known, or no longer of use."""
    kind = KINDS.get(str(found.get("category")))
    if kind is None:
        raise NotUnderstood(f"a credit grant has the category {found.get('category')!r}")
    return CreditGrant(
        id=_id(found),
        kind=kind,
        amount=monetary(found.get("amount"), currency),
        remaining=remaining,
        created_at=instant(found.get("created")),
        effective_at=instant(found.get("effective_at")),
        expires_at=instant(found.get("expires_at")),
        voided_at=instant(found.get("voided_at")),
    )


def is_live(found: Json, now: datetime) -> bool:
    """Whether a grant can be used now, so that it has something that is left of it."""
    expires, starts = instant(found.get("expires_at")), instant(found.get("effective_at"))
    over = expires is not None and expires <= now
    return found.get("voided_at") is None and not over and (starts is None or starts <= now)


def monetary(amount: object, currency: str) -> int:
    """Return an amount of Stripe's credits, which could be counted in something else."""
    about = amount.get("monetary") if isinstance(amount, Mapping) else None
    if not isinstance(about, Mapping):
        raise NotUnderstood("an amount of credits is not money")
    return minor_units(about.get("value"), about.get("currency"), currency)


def available(summary: Json, currency: str) -> int | None:
    """Return what a balance summary says can be used; None: it says nothing of this currency."""
    for each in summary.get("balances") or ():
        about = (each.get("available_balance") or {}).get("monetary") or {}
        if str(about.get("currency")).upper() == currency:
            return monetary(each["available_balance"], currency)
    return None


def currency_of(found: Iterable[Json]) -> str | None:
    """Return the one currency of some objects; None: they have none, or several."""
    seen = {str(each.get("currency") or _grant_currency(each) or "").upper() for each in found}
    seen.discard("")
    return seen.pop() if len(seen) == 1 else None


def _grant_currency(found: Json) -> object:
    amount = found.get("amount")
    return (amount.get("monetary") or {}).get("currency") if isinstance(amount, Mapping) else None


def _id(found: Json) -> str:
    own_id = found.get("id")
    if not isinstance(own_id, str) or not own_id:
        raise NotUnderstood("an object has no id")
    return own_id


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
