"""Writing amounts of money: whole minor units in, text for people out."""

from functools import cache
from typing import Final

SYMBOLS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_USUAL: Final = {"USD": 2, "EUR": 2, "GBP": 2, "JPY": 0}  # known without reading the whole table

MONEY_FIELDS: Final = frozenset(
    {
        "total",
        "purchased",
        "free",
        "pending",
        "lifetime_purchased",
        "negative_limit",
        "balance_limit",
        "spent_this_period",
        "amount",
        "remaining",
        "amount_remaining",
        "threshold",
        "required_amount",
    }
)
"""The fields of an account record, and of its items, that are amounts."""


def format_money(minor_units: int, currency: str) -> str:
    """
    Write an amount with all the decimals of its currency: ``-$3.10``, ``¥48,203``.

    A currency without a symbol here is written as its code, after the figure:
    ``1,234.50 CHF``.
    """
    decimals = minor_unit_digits(currency)
    whole, part = divmod(abs(minor_units), 10**decimals)
    figure = f"{whole:,}.{part:0{decimals}d}" if decimals else f"{whole:,}"
    sign = "-" if minor_units < 0 else ""
    symbol = SYMBOLS.get(currency)
    return f"{sign}{figure} {currency}" if symbol is None else f"{sign}{symbol}{figure}"


@cache
def minor_unit_digits(currency: str) -> int:
    """Return ISO 4217's number of decimals; 2 for a code that the standard does not have."""
    if currency in _USUAL:
        return _USUAL[currency]
    import iso4217  # parses the standard's table at import: paid once, by those who show money

    try:
        return iso4217.Currency(currency).exponent or 0
    except ValueError:
        return 2
