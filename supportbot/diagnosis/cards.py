"""The card that is charged: prepaid, or expired."""

from datetime import datetime

from supportbot.account import UNKNOWN, Account, PaymentMethod, Unknown
from supportbot.diagnosis.verdicts import Finding, Unchecked, Verdict, unchecked


def default_card(account: Account) -> PaymentMethod | Unknown | None:
    """
    Return the card that is charged: the one marked as default, else the only one.

    ``None``: there is no card at all.  ``UNKNOWN``: the cards could not be read, or none
    of several is marked.  Of two that are marked the first is taken.
    """
    cards = account.payment_methods
    if cards is UNKNOWN or not cards:
        return UNKNOWN if cards is UNKNOWN else None
    marked = [card for card in cards if card.default]
    if marked:
        return marked[0]
    return cards[0] if len(cards) == 1 else UNKNOWN


def prepaid_card(account: Account, now: datetime) -> Verdict:
    """The card is prepaid, or its kind is unknown and a bank refused its kind."""
    cause, card = "prepaid_card", default_card(account)
    if card is UNKNOWN:
        return _unread_card(cause, account)
    if card is None or card.funding not in ("prepaid", "unknown"):
        return None
    if card.funding == "prepaid":
        return Finding(cause, "certain", (card,))
    if account.payments is UNKNOWN:
        return unchecked(cause, account, "payments")
    refused = tuple(
        paid
        for paid in account.payments
        if paid.status == "failed"
        and paid.decline_code == "card_not_supported"
        and paid.method in (card.id, None)
    )
    return Finding(cause, "possible", (card, *refused)) if refused else None


def card_expired(account: Account, now: datetime) -> Verdict:
    """The card's last month is over where the customer lives."""
    card = default_card(account)
    if card is UNKNOWN:
        return _unread_card("card_expired", account)
    if card is None or card.exp_year is None or card.exp_month is None:
        return None
    today = account.local(now)
    expired = (card.exp_year, card.exp_month) < (today.year, today.month)
    return Finding("card_expired", "certain", (card,)) if expired else None


def _unread_card(cause: str, account: Account) -> Unchecked:
    """Name the part: the cards, or the mark that tells which of them is charged."""
    if account.payment_methods is UNKNOWN:
        return unchecked(cause, account, "payment_methods")
    return Unchecked(cause, ("payment_methods.default",))
