"""
Which parts of the account an article looks at, so that a source need not read the others.

A part that is not read changes nothing in what the article says: a test tells every article of
many accounts with and without the others.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from supportbot.composing.conditions import Condition
from supportbot.composing.phrases import PHRASES
from supportbot.knowledge.article import Article, Section
from supportbot.snapshot import EVERY_PART

ALL_PARTS: Final[frozenset[str]] = EVERY_PART - {"members"}
"""Whose the account is decides who may see it, not what is said."""

PARTS_OF_CAUSES: Final[Mapping[str, tuple[str, ...]]] = {
    "service_incident": ("incidents", "last_error"),
    "key_revoked": ("api_keys", "last_error"),
    "key_of_other_account": ("api_keys", "last_error"),
    "account_suspended": ("status",),
    "past_due_invoice": ("invoices", "payments", "status", "last_error"),
    "credits_after_invoice": ("invoices", "payments", "credit_grants"),
    "bank_authorization_pending": ("payments", "invoices"),
    "prepaid_card": ("payment_methods", "payments"),
    "card_expired": ("payment_methods",),
    "payment_declined": ("payments", "invoices"),
    "no_purchase_yet": ("lifetime_purchased", "tier"),
    "only_free_credits": ("balance", "last_error", "model_access"),
    "tier_too_low": ("tier", "model_access", "last_error"),
    "job_needs_more_balance": ("quotes", "balance"),
    "balance_limit_reached": ("limits",),
    "negative_limit_reached": ("balance", "limits", "tier"),
    "no_balance": ("balance", "limits", "tier", "last_error"),
    "credit_not_settled": ("credit_grants", "payments"),
    "free_credit_expired": ("credit_grants",),
    "auto_recharge_failed": ("auto_recharge",),
    "rate_limited": ("last_error",),
    "request_rejected": ("last_error", "tier", "model_access"),
}
PARTS_OF_FACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "account.tier": ("tier",),
    "account.status": ("status",),
    "account.status_reason": ("status",),
    "account.lifetime_purchased": ("lifetime_purchased",),
    "auto_recharge": ("auto_recharge",),
    "auto_recharge.purchases": ("auto_recharge", "balance"),
    "auto_recharge.balance_after": ("auto_recharge", "balance"),
    "balance": ("balance",),
    "card": ("payment_methods",),
    "error": ("last_error",),
    "grant": ("credit_grants",),
    "incident": ("incidents",),
    "invoice": ("invoices",),
    "key": ("api_keys",),
    "limits": ("limits",),
    "limits.room": ("limits", "balance", "tier"),
    "model": ("model_access",),
    "payment": ("payments",),
    "payment.card": ("payments", "payment_methods"),
    "payment.invoice": ("payments", "invoices"),
    "quote": ("quotes",),
    "quote.missing": ("quotes", "balance"),
}
BESIDE: Final[Mapping[str, tuple[str, ...]]] = {"invoices": ("payments",)}
"""An invoice is not late while a payment of it is being processed."""


def parts_of(article: Article) -> frozenset[str]:
    """Return the top-level parts that decide what ``article`` says of an account."""
    if len(article.sections) == 1:
        return frozenset()
    if article.use == "the diagnosis":
        return ALL_PARTS
    return frozenset(part for section in article.sections for part in _of_section(section))


def _of_section(section: Section) -> Iterator[str]:
    condition = PHRASES.get(section.phrase)
    if condition:
        yield from _of_condition(condition)
    for fact in (name for sentence in section.sentences for name in sentence.facts):
        yield from PARTS_OF_FACTS.get(fact, PARTS_OF_FACTS.get(fact.partition(".")[0], ()))


def _of_condition(condition: Condition) -> Iterable[str]:
    if cause := condition.cause or condition.absent:
        return PARTS_OF_CAUSES[cause]
    if not condition.needs:  # speaks of the diagnosis as a whole
        return ALL_PARTS
    wholes = [need.partition(".")[0] for need in condition.needs]
    return (*wholes, *(beside for whole in wholes for beside in BESIDE.get(whole, ())))
