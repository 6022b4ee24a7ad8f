"""How values are written for people: dates, tiers, kinds, reasons, and text from records."""

import re
import unicodedata
from datetime import datetime
from typing import Final

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TIER_NAMES: Final = {
    "build_1": "Build Tier 1",
    "build_2": "Build Tier 2",
    "build_3": "Build Tier 3",
    "build_4": "Build Tier 4",
    "build_5": "Build Tier 5",
    "scale": "Scale",
    "enterprise": "Enterprise",
}
JOB_KINDS: Final = {
    "dedicated_endpoint": "dedicated endpoint",
    "fine_tuning": "fine-tuning job",
    "evaluation": "evaluation job",
}
BRANDS: Final = {
    "visa": "Visa",
    "mastercard": "Mastercard",
    "amex": "American Express",
    "american_express": "American Express",
    "discover": "Discover",
    "diners": "Diners Club",
    "jcb": "JCB",
    "unionpay": "UnionPay",
}
PURPOSES: Final = {
    "invoice": "invoice payment",
    "top_up": "credit purchase",
    "auto_recharge": "auto-recharge purchase",
}
INVOICE_STATE_NAMES: Final = {"draft": "not issued yet", "void": "voided"}
PAYMENT_STATE_NAMES: Final = {
    "requires_action": "waiting for the bank's approval",
    "canceled": "canceled",
}
DECLINED_BY_THE_BANK: Final = "declined by the bank"
DECLINE_REASONS: Final = {
    "insufficient_funds": "there was not enough money on the card",
    "expired_card": "the card has expired",
    "incorrect_cvc": "the security code was not right",
    "incorrect_zip": "the address was not right",
    "authentication_required": "the bank wants your approval",
    "card_not_supported": "the card is not allowed for this kind of purchase",
    "transaction_not_allowed": "the card is not allowed for this kind of purchase",
}
SECRET_DECLINES: Final = frozenset({"lost_card", "stolen_card", "fraudulent", "pickup_card"})
_LONGEST: Final = 120
_MARKDOWN = re.compile(r"[\[\]<>`*|~\\{}#]")


def write_date(instant: datetime) -> str:
    """Write a day as ``Nov 23, 2026``; the instant must already be in the reader's zone."""
    return f"{MONTHS[instant.month - 1]} {instant.day}, {instant.year}"


def write_text(value: str) -> str:
    """Make text of a record harmless in Markdown: one line, no mark-up, of bounded length."""
    printable = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in value)
    plain = " ".join(_MARKDOWN.sub("", printable).split())
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1].rstrip() + "…"


def decline_reason(code: str) -> str:
    """Put a decline code in plain words; what the bank keeps to itself stays there."""
    return DECLINE_REASONS.get(code, DECLINED_BY_THE_BANK)


def counted(number: int, noun: str) -> str:
    """Write a number with its noun: ``1 purchase``, ``2 purchases``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
