"""
Why access fails: one account record and an instant in, every cause with its verdict out.

``diagnose`` is the whole of it; ``telling_order`` says what of it a customer hears first.
Pure throughout: nothing here reads a clock, a file or a database.

Two readings of the rules hold everywhere:

* a part of the record that a cause *needs* and that is absent makes the cause unchecked,
  but for the shortcuts that the checks name; any other absent part takes nothing for
  granted: no recent error, no processing payment, no known tier;
* inside an item ``None`` is never evidence (an error without a key ending has no key that
  could be missing from the list), and an exclusion excludes only what is there (a grant
  without a settlement has not failed).
"""

from supportbot.diagnosis.calls import recent_error
from supportbot.diagnosis.cards import default_card
from supportbot.diagnosis.causes import CAUSES, diagnose, telling_order
from supportbot.diagnosis.credits import (
    expired_free_grants,
    purchased_after_invoice,
    unsettled_grants,
)
from supportbot.diagnosis.invoices import past_due_invoices
from supportbot.diagnosis.payments import (
    declined_payments,
    pending_authorizations,
    processing_top_ups,
)
from supportbot.diagnosis.sums import (
    auto_recharge_purchases,
    effective_negative_limit,
    missing_for,
    room_before_negative_limit,
)
from supportbot.diagnosis.verdicts import Diagnosis, Finding, Grade, Item, Unchecked, absent_parts

__all__ = [
    "CAUSES",
    "Diagnosis",
    "Finding",
    "Grade",
    "Item",
    "Unchecked",
    "absent_parts",
    "auto_recharge_purchases",
    "declined_payments",
    "default_card",
    "diagnose",
    "effective_negative_limit",
    "expired_free_grants",
    "missing_for",
    "past_due_invoices",
    "pending_authorizations",
    "processing_top_ups",
    "purchased_after_invoice",
    "recent_error",
    "room_before_negative_limit",
    "telling_order",
    "unsettled_grants",
]
