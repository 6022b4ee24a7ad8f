"""Amounts are written as the customer's currency has them."""

import pytest

from supportbot.money import SYMBOLS, format_money, minor_unit_digits


@pytest.mark.parametrize(
    ("minor_units", "currency", "written"),
    [
        (123450, "USD", "$1,234.50"),
        (4000, "USD", "$40.00"),
        (-310, "USD", "-$3.10"),
        (5, "USD", "$0.05"),
        (0, "USD", "$0.00"),
        (123450, "EUR", "€1,234.50"),
        (900, "GBP", "£9.00"),
        (48203, "JPY", "¥48,203"),
        (123450, "CHF", "1,234.50 CHF"),
        (-123450, "CHF", "-1,234.50 CHF"),
        (1234, "KWD", "1.234 KWD"),
        (1234, "ISK", "1,234 ISK"),
        (1234, "ZZZ", "12.34 ZZZ"),
        (10**40 + 1, "USD", "$" + f"{10**38:,}" + ".01"),
    ],
)
def test_an_amount_has_all_its_decimals(minor_units: int, currency: str, written: str) -> None:
    assert format_money(minor_units, currency) == written


@pytest.mark.parametrize("currency", sorted(SYMBOLS))
def test_the_usual_currencies_agree_with_the_standard(currency: str) -> None:
    import iso4217

    assert minor_unit_digits(currency) == iso4217.Currency(currency).exponent
