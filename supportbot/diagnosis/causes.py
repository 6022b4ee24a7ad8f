"""
All causes in the order of the table, and the order in which they are told.

A check is a function that is named as its cause.
"""

from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Final

from supportbot.account import Account
from supportbot.diagnosis.calls import (
    key_of_other_account,
    key_revoked,
    rate_limited,
    request_rejected,
    service_incident,
    tier_too_low,
)
from supportbot.diagnosis.cards import card_expired, prepaid_card
from supportbot.diagnosis.credits import (
    credit_not_settled,
    credits_after_invoice,
    free_credit_expired,
    no_purchase_yet,
    only_free_credits,
)
from supportbot.diagnosis.invoices import account_suspended, past_due_invoice
from supportbot.diagnosis.limits import (
    auto_recharge_failed,
    balance_limit_reached,
    job_needs_more_balance,
    negative_limit_reached,
    no_balance,
)
from supportbot.diagnosis.payments import bank_authorization_pending, payment_declined
from supportbot.diagnosis.verdicts import Check, Diagnosis, Finding, Unchecked

CHECKS: Final[tuple[Check, ...]] = (
    service_incident,
    key_revoked,
    key_of_other_account,
    account_suspended,
    past_due_invoice,
    credits_after_invoice,
    bank_authorization_pending,
    prepaid_card,
    card_expired,
    payment_declined,
    no_purchase_yet,
    only_free_credits,
    tier_too_low,
    job_needs_more_balance,
    balance_limit_reached,
    negative_limit_reached,
    no_balance,
    credit_not_settled,
    free_credit_expired,
    auto_recharge_failed,
    rate_limited,
    request_rejected,
)
CAUSES: Final[tuple[str, ...]] = tuple(check.__name__ for check in CHECKS)
NOT_BILLING: Final = ("service_incident", "key_revoked", "key_of_other_account")
MOST_POSSIBLE: Final = 3


def diagnose(account: Account, now: datetime) -> Diagnosis:
    """
    Check every cause on the account as of ``now``, whatever the others say.

    Raises nothing for a record that its schema allows.
    """
    verdicts = [(cause, check(account, now)) for cause, check in zip(CAUSES, CHECKS, strict=True)]
    found = tuple(verdict for _, verdict in verdicts if isinstance(verdict, Finding))
    return Diagnosis(
        findings=_with_story(found),
        ruled_out=tuple(cause for cause, verdict in verdicts if verdict is None),
        unchecked=tuple(verdict for _, verdict in verdicts if isinstance(verdict, Unchecked)),
    )


def telling_order(diagnosis: Diagnosis) -> tuple[Finding, ...]:
    """
    Return the findings that the text tells, in its order.

    Certain trouble outside billing; the past-due invoice and its story, whatever the
    grades; then the rest by grade, at most three that are only possible.
    """
    findings = diagnosis.findings
    first = [one for one in findings if one.cause in NOT_BILLING and one.grade == "certain"]
    story = [one for one in findings if one.cause == "past_due_invoice" or one.story]
    rest = [one for one in findings if one not in first and one not in story]
    certain = (one for one in rest if one.grade == "certain")
    likely = (one for one in rest if one.grade == "likely")
    possible = (one for one in rest if one.grade == "possible")
    return (*first, *story, *certain, *likely, *islice(possible, MOST_POSSIBLE))


def _with_story(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """A bad card is part of the story when a payment of the past-due invoice is."""
    paying = {"bank_authorization_pending", "payment_declined"}
    told = any(one.story for one in findings if one.cause in paying)
    return tuple(
        replace(one, story=True) if told and one.cause in ("prepaid_card", "card_expired") else one
        for one in findings
    )
