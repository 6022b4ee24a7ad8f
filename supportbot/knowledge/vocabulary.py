"""
The words that articles may use, as plain values: facts, "When" phrases, intents, causes.

Knowledge does not know where they come from: see ``supportbot.composing.vocabulary``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from supportbot.answer import Grade

OFFER: Final = "offer.person"
NOTHING_BLOCKS: Final = "nothing blocks access"
INTENTS: Final = (
    "payment_methods",
    "prepaid_card",
    "bank_authorization",
    "card_declined",
    "change_payment_method",
    "credits_usage",
    "credit_types",
    "credit_expiry",
    "buy_credits",
    "free_trial",
    "negative_balance_limit",
    "balance_limit",
    "build_tier",
    "auto_recharge_setup",
    "auto_recharge_multiple_charges",
    "job_balance_requirement",
    "access_blocked",
    "past_due_invoice",
    "account_balance",
    "invoices",
    "human_handoff",
    "greeting",
    "thanks",
    "in_domain_not_covered",
    "out_of_scope",
)
ITEMS: Final = frozenset(
    ("grant", "invoice", "payment", "card", "key", "error", "model", "quote", "incident")
)
# There is one default card and one latest error: an account has them without a phrase.
ONE_OF_A_KIND: Final = frozenset(("card", "error"))
_LEAST_LIKENESS: Final = 60  # of 100: below, a suggestion would only confuse


@dataclass(frozen=True, slots=True)
class FactName:
    """A fact; ``beside`` are those that a sum is made from and that must stand with it."""

    name: str
    about: str
    example: str
    beside: tuple[str, ...] = ()

    @property
    def binding(self) -> str:
        """What the fact is a property of: ``invoice`` in ``invoice.number``."""
        return self.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class PhraseName:
    """
    A "When" phrase.

    ``binds`` are the items that its section may speak of.  ``cause`` and ``grades`` say
    which findings it tells; ``always`` is False when it asks for something else as well.
    """

    phrase: str
    about: str
    binds: frozenset[str] = frozenset()
    cause: str | None = None
    grades: tuple[Grade, ...] = ()
    always: bool = True


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All the words, by name; ``causes`` are those of the diagnosis, in its order."""

    facts: Mapping[str, FactName]
    phrases: Mapping[str, PhraseName]
    causes: tuple[str, ...]
    intents: tuple[str, ...] = INTENTS


def did_you_mean(word: str, known: Iterable[str], least_likeness: int = _LEAST_LIKENESS) -> str:
    """Put the nearest known word as a question, with a space before; empty when none is near."""
    found = process.extractOne(word, sorted(known), scorer=fuzz.ratio, score_cutoff=least_likeness)
    return f" Did you mean “{found[0]}”?" if found else ""
