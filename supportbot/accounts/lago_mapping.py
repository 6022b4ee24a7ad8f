"""Lago's objects as parts of the account record.  Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Final, Literal, cast
from zoneinfo import ZoneInfo

from supportbot.account import (
    TIERS,
    Invoice,
    Payment,
    PaymentMethod,
    Tier,
)
from supportbot.accounts.reading import Json, NotUnderstood
from supportbot.money import minor_unit_digits

CREDIT: Final = "credit"
"""The type of the invoice by which credits are bought: a top-up, not a bill for usage."""

DRAFTS: Final = frozenset({"draft", "pending", "failed"})
PAYMENT_STATES: Final = frozenset({"succeeded", "failed", "pending", "processing"})


def minor_units(amount: object, currency: str) -> int:
    """
    Return a decimal in major units, which Lago writes as text, as whole minor units.

    Raises:
        NotUnderstood: it is none, or holds a fraction of a minor unit.
    """
    if not isinstance(amount, str):
        raise NotUnderstood(f"an amount is {amount!r}")
    minor = Decimal(amount).scaleb(minor_unit_digits(currency))
    if minor % 1:
        raise NotUnderstood(f"{amount} is a fraction of the smallest {currency}")
    return int(minor)


def of_currency(found: Iterable[Json], field: str, currency: str) -> None:
    """Raise NotUnderstood unless every object counts in the account's currency."""
    for each in found:
        if each[field] != currency:
            raise NotUnderstood(f"an amount is in {each[field]}, the account in {currency}")


def must_be_of(external_id: str, found: Iterable[Json]) -> None:
    """Raise NotUnderstood when an object says that it is another customer's."""
    for each in found:
        own = each.get("external_customer_id", (each.get("customer") or {}).get("external_id"))
        if own is not None and own != external_id:
            raise NotUnderstood("an object of another customer was sent")


def instant(value: object) -> datetime | None:
    """Read an instant; None stays None."""
    if value is None:
        return None
    read = datetime.fromisoformat(str(value))
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def end_of_day(value: object, zone: ZoneInfo) -> datetime | None:
    """Read a date as the last second of that day in the customer's zone; None stays None."""
    if value is None:
        return None
    day = date.fromisoformat(str(value))
    return datetime.combine(day + timedelta(days=1), time(), zone) - timedelta(seconds=1)


def issued_at(found: Json, zone: ZoneInfo) -> datetime | None:
    """Return when an invoice was issued: as exactly as is known of its day."""
    if found.get("issuing_date") is None:
        return None
    day = date.fromisoformat(str(found["issuing_date"]))
    created = instant(found.get("created_at"))
    if created and created.astimezone(zone).date() == day:
        return created
    return datetime.combine(day, time(), zone)


def tier_of(customer: Json) -> Tier | None:
    """Return the tier, if the platform keeps it in the customer's metadata."""
    kept = {each.get("key"): each.get("value") for each in customer.get("metadata") or ()}
    return cast(Tier, kept["tier"]) if kept.get("tier") in TIERS else None


def is_bill(found: Json) -> bool:
    """Whether an invoice is for usage, and was not deleted."""
    return bool(found["invoice_type"] != CREDIT and found["status"] != "deleted")


def invoice(found: Json, tries: Sequence[Json], zone: ZoneInfo) -> Invoice:
    """Return an invoice; ``tries`` are the payments of it."""
    succeeded = [each for each in tries if each["payment_status"] == "succeeded"]
    status = _status(found)
    start, end = _period(found)
    return Invoice(
        id=found["lago_id"],
        status=status,
        total=cents(found["total_amount_cents"]),
        amount_remaining=_remaining(found, succeeded),
        number=None if status == "draft" else found.get("number"),
        period_start=start,
        period_end=end,
        issued_at=None if status == "draft" else issued_at(found, zone),
        due_at=end_of_day(found.get("payment_due_date"), zone),
        paid_at=_last(succeeded) if status == "paid" else None,
        attempts=sum(each["payment_status"] == "failed" for each in tries),
    )


def _status(found: Json) -> Literal["draft", "open", "paid", "void"]:
    status = found["status"]
    if status in DRAFTS:
        return "draft"
    if status == "voided":
        return "void"
    if status != "finalized":
        raise NotUnderstood(f"an invoice has the status {status!r}")
    return "paid" if found["payment_status"] == "succeeded" else "open"


def _remaining(found: Json, succeeded: Sequence[Json]) -> int:
    if found["payment_status"] == "succeeded":
        return 0
    paid = sum(cents(each["amount_cents"]) for each in succeeded)
    return max(0, cents(found["total_amount_cents"]) - paid)


def _period(found: Json) -> tuple[datetime | None, datetime | None]:
    periods = found.get("billing_periods") or ()
    starts = [instant(each["charges_from_datetime"]) for each in periods]
    ends = [instant(each["charges_to_datetime"]) for each in periods]
    return (
        min(filter(None, starts), default=None),
        max(filter(None, ends), default=None),
    )


def _last(tries: Sequence[Json]) -> datetime | None:
    return max((at for each in tries if (at := instant(each["created_at"]))), default=None)


def invoice_of(found: Json) -> str | None:
    """
    Return the one invoice that a payment is for; None: it names none.

    Raises:
        NotUnderstood: it is for several, and how much for each is not said.
    """
    invoices = found.get("invoice_ids") or ()
    if len(invoices) > 1:
        raise NotUnderstood("a payment is for several invoices at once")
    return invoices[0] if invoices else None


def payment(found: Json, types: Mapping[str, str], automatic: frozenset[str]) -> Payment:
    """
    Return a payment.

    ``types`` are those of the invoices; ``automatic`` the invoices by which auto-recharge bought.
    """
    of = invoice_of(found)
    purpose: Literal["invoice", "top_up", "auto_recharge"] = "invoice"
    if of is not None and of not in types:
        raise NotUnderstood("a payment is for an invoice that is not there")
    if of is None or types[of] == CREDIT:
        purpose = "auto_recharge" if of in automatic else "top_up"
    return Payment(
        id=found["lago_id"],
        purpose=purpose,
        amount=cents(found["amount_cents"]),
        status=_payment_state(found),
        invoice=of if purpose == "invoice" else None,
        method=found.get("payment_method_id"),
        created_at=instant(found["created_at"]),
    )


def _payment_state(
    found: Json,
) -> Literal["succeeded", "failed", "processing", "requires_action"]:
    status = found["payment_status"]
    if status not in PAYMENT_STATES:
        raise NotUnderstood(f"a payment has the status {status!r}")
    if status in ("succeeded", "failed"):
        return cast(Literal["succeeded", "failed"], status)
    return "requires_action" if found.get("next_action") else "processing"


def method(found: Json) -> PaymentMethod:
    """Return a payment method, of which Lago knows no card."""
    return PaymentMethod(found["lago_id"], "card", default=bool(found["is_default"]))


def cents(value: object) -> int:
    """Return a whole number of minor units, or raise NotUnderstood."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise NotUnderstood(f"an amount is {value!r}")
    return value
