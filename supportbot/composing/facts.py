"""
The menu of facts: everything about an account that a sentence may state.

Writing a fact is the only way to get a figure of the account into an answer, and it gives
the figure and its citation together.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from supportbot.account import UNKNOWN, Account, CreditGrant, Invoice, Payment, PaymentMethod
from supportbot.answer import AccountCitation, Citation
from supportbot.composing.scope import RECORDS, Scope
from supportbot.composing.writing import (
    BRANDS,
    INVOICE_STATE_NAMES,
    JOB_KINDS,
    PAYMENT_STATE_NAMES,
    PURPOSES,
    SECRET_DECLINES,
    TIER_NAMES,
    decline_reason,
    write_date,
    write_text,
)
from supportbot.diagnosis import Item
from supportbot.money import format_money

_LINK = re.compile(r"https://[\w.-]+(?::\d+)?(?:/[\w./?=&%~#:@!$,;+*-]*)?", re.ASCII)

Writer = Callable[[Any, Account], str]


@dataclass(frozen=True, slots=True)
class Written:
    """A fact in words, and the citations that it stands on."""

    text: str
    citations: tuple[Citation, ...]


Lookup = Callable[[Scope], Written | None]


@dataclass(frozen=True, slots=True)
class FactEntry:
    """
    One line of the menu.

    ``look_up`` returns None when the record does not say.  ``billing_only``: kept from
    members without billing rights.  ``beside``: the facts that a sum is made from and that
    must be said with it.
    """

    name: str
    about: str
    example: str
    look_up: Lookup
    billing_only: bool = False
    beside: tuple[str, ...] = ()


def cite(scope: Scope, record: str, item_id: str, field: str, raw: object, shown: str) -> Written:
    """Return ``shown`` with the citation of the field that it was written from."""
    origin = scope.origin(record, field)
    citation = AccountCitation(record, item_id, field, raw, shown, origin.as_of, origin.source)
    return Written(shown, (citation,))


def money(value: int, account: Account) -> str:
    """Write minor units in the account's currency."""
    return format_money(value, account.currency)


def day(value: datetime, account: Account) -> str:
    """Write an instant as a day of the account's own calendar."""
    return write_date(account.local(value))


def plain(value: object, _account: Account) -> str:
    """Write text of the record."""
    return write_text(str(value))


def code(value: object, account: Account) -> str:
    """Write text that must stay as it is, such as the name of a model."""
    return f"`{plain(value, account)}`"


def words(table: Mapping[str, str]) -> Writer:
    """Write one of a fixed set of values; an unknown one as it stands."""
    return lambda value, account: table.get(value) or plain(value, account)


def part_field(part: str, field: str, write: Writer) -> Lookup:
    """Look up ``account.part.field``; with an empty part, a field of the account itself."""

    def look_up(scope: Scope) -> Written | None:
        whole = getattr(scope.account, part) if part else scope.account
        if whole is UNKNOWN or whole is None:
            return None
        value = getattr(whole, field)
        if value is UNKNOWN or value is None:
            return None
        shown = write(value, scope.account)
        return cite(scope, part or "account", scope.account.id, field, value, shown)

    return look_up


def item_field(binding: str, field: str, write: Writer) -> Lookup:
    """Look up a field of the item that the section is about."""

    def look_up(scope: Scope) -> Written | None:
        item = scope.item(binding)
        value = getattr(item, field, None)
        if item is None or value is None:
            return None
        return of_item(scope, item, binding, field, write(value, scope.account))

    return look_up


def of_item(scope: Scope, item: Item, binding: str, field: str, shown: str) -> Written:
    """Cite a field of a record item; items without an id of their own go by the account's."""
    item_id = getattr(item, "id", scope.account.id)
    return cite(scope, RECORDS[binding], item_id, field, getattr(item, field), shown)


def invoice_number(scope: Scope) -> Written | None:
    """Name an invoice by its number; one without is a draft."""
    invoice = scope.item("invoice")
    return _number(scope, invoice) if isinstance(invoice, Invoice) else None


def _number(scope: Scope, invoice: Invoice) -> Written:
    shown = write_text(invoice.number) if invoice.number else "draft"
    return of_item(scope, invoice, "invoice", "number", shown)


def pay_link(scope: Scope) -> Written | None:
    """Give the link at which an invoice is paid; only a plain https address is one."""
    invoice = scope.item("invoice")
    if not isinstance(invoice, Invoice) or not _LINK.fullmatch(invoice.pay_url or ""):
        return None
    return of_item(scope, invoice, "invoice", "pay_url", invoice.pay_url or "")


def card_name(scope: Scope) -> Written | None:
    """Name a card as its holder knows it; without billing rights only "default card"."""
    card = scope.item("card")
    return _card_name(scope, card) if isinstance(card, PaymentMethod) else None


def _card_name(scope: Scope, card: PaymentMethod) -> Written:
    if card.last4 is None or not scope.sees_billing:
        return Written("default card" if card.default else "card", ())
    name = card.brand and (BRANDS.get(card.brand.casefold()) or write_text(card.brand))
    brand = f"{name} card" if name and not name.endswith("card") else name or "card"
    ending = of_item(scope, card, "card", "last4", card.last4)
    return Written(f"{brand} ending {card.last4}", ending.citations)


def card_expiry(scope: Scope) -> Written | None:
    """Write the month in which a card ends, from the two fields that hold it."""
    card = scope.item("card")
    if not isinstance(card, PaymentMethod) or card.exp_month is None or card.exp_year is None:
        return None
    shown = f"{card.exp_month:02d}/{card.exp_year}"
    month = of_item(scope, card, "card", "exp_month", shown)
    year = of_item(scope, card, "card", "exp_year", shown)
    return Written(shown, month.citations + year.citations)


def payment_reason(scope: Scope) -> Written | None:
    """Say why a payment was declined; a code that must not be known is not cited either."""
    payment = scope.item("payment")
    if not isinstance(payment, Payment) or not payment.decline_code:
        return None
    reason = decline_reason(payment.decline_code)
    raw = None if payment.decline_code in SECRET_DECLINES else payment.decline_code
    return cite(scope, "payment", payment.id, "decline_code", raw, reason)


def payment_invoice(scope: Scope) -> Written | None:
    """Name the invoice that a payment was meant for."""
    payment = scope.item("payment")
    if not isinstance(payment, Payment) or scope.account.invoices is UNKNOWN:
        return None
    named = (each for each in scope.account.invoices if each.id == payment.invoice)
    invoice = next(named, None)
    return _number(scope, invoice) if invoice else None


def payment_card(scope: Scope) -> Written | None:
    """Name the card that a payment was tried with."""
    payment = scope.item("payment")
    if not isinstance(payment, Payment) or scope.account.payment_methods is UNKNOWN:
        return None
    named = (each for each in scope.account.payment_methods if each.id == payment.method)
    card = next(named, None)
    return _card_name(scope, card) if card and card.last4 else None


def pending_credits(scope: Scope) -> Written | None:
    """Credits that have not settled; None when there are none."""
    balance = scope.account.balance
    if balance is UNKNOWN or not isinstance(balance.pending, int) or balance.pending == 0:
        return None
    return part_field("balance", "pending", money)(scope)


def grant_expired_on(scope: Scope) -> Written | None:
    """The day on which a credit expired; None while it has not, or was taken back before."""
    grant = scope.item("grant")
    if not isinstance(grant, CreditGrant) or grant.expires_at is None or grant.voided_at:
        return None
    if grant.expires_at >= scope.now:
        return None
    return item_field("grant", "expires_at", day)(scope)


def person_offer(_scope: Scope) -> Written:
    """Offer a person; no figure, no promise."""
    return Written(PERSON_OFFER, ())


PERSON_OFFER: Final = "Would you like a person to look at this?"
PURPOSE_WORDS: Final = words(PURPOSES)
JOB_WORDS: Final = words(JOB_KINDS)
INVOICE_STATES: Final = words(INVOICE_STATE_NAMES)
PAYMENT_STATES: Final = words(PAYMENT_STATE_NAMES)
TIER_WORDS: Final = words(TIER_NAMES)
