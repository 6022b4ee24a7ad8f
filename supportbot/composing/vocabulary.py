"""The menus of facts and phrases in the plain form that the check of articles works with."""

from collections.abc import Mapping
from typing import Final

from supportbot.composing.conditions import Condition
from supportbot.composing.menu import FACTS
from supportbot.composing.phrases import PHRASES
from supportbot.diagnosis import CAUSES
from supportbot.knowledge.vocabulary import FactName, PhraseName, Vocabulary

CAUSE_BINDS: Final[Mapping[str, frozenset[str]]] = {
    "service_incident": frozenset(("incident", "error")),
    "key_revoked": frozenset(("key", "error")),
    "key_of_other_account": frozenset(("key", "error")),
    "past_due_invoice": frozenset(("invoice", "error")),
    "credits_after_invoice": frozenset(("grant", "invoice")),
    "bank_authorization_pending": frozenset(("payment",)),
    "prepaid_card": frozenset(("card", "payment")),
    "card_expired": frozenset(("card",)),
    "payment_declined": frozenset(("payment",)),
    "only_free_credits": frozenset(("model", "error")),
    "tier_too_low": frozenset(("model", "error")),
    "job_needs_more_balance": frozenset(("quote",)),
    "no_balance": frozenset(("error",)),
    "credit_not_settled": frozenset(("grant", "payment")),
    "free_credit_expired": frozenset(("grant",)),
    "rate_limited": frozenset(("error",)),
    "request_rejected": frozenset(("error",)),
}
PHRASE_BINDS: Final[Mapping[str, frozenset[str]]] = {
    "the default card is prepaid": frozenset(("card",)),
    "a free credit will expire": frozenset(("grant",)),
    "a purchased credit has an expiration date": frozenset(("grant",)),
    "the default card is a credit or debit card": frozenset(("card",)),
    "there is a default card": frozenset(("card",)),
    "auto-recharge has bought credits": frozenset(("payment",)),
    "money was taken": frozenset(("payment",)),
    "the balance covers every quoted job": frozenset(("quote",)),
    "the account has invoices": frozenset(("invoice",)),
    "the invoice asked for is on the account": frozenset(("invoice",)),
    "the invoice asked for is not on the account": frozenset(("invoice",)),
    "the invoice asked for is not past due": frozenset(("invoice",)),
}
# Phrases of a cause that hold only when something else does too.
NARROWER: Final = frozenset(("the negative limit on the record is reached",))


def vocabulary() -> Vocabulary:
    """Return every word that an article may use."""
    return Vocabulary(
        facts={
            name: FactName(name, entry.about, entry.example, entry.beside)
            for name, entry in FACTS.items()
        },
        phrases={phrase: _named(condition) for phrase, condition in PHRASES.items()},
        causes=CAUSES,
    )


def _named(condition: Condition) -> PhraseName:
    phrase, cause = condition.phrase, condition.cause
    of_cause = CAUSE_BINDS.get(cause or "", frozenset())
    return PhraseName(
        phrase,
        condition.about,
        PHRASE_BINDS.get(phrase, of_cause),
        cause,
        condition.grades if cause else (),
        always=phrase not in NARROWER,
    )
