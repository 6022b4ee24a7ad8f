from decimal import Decimal

import pytest

from supportbot.understanding.entities import Amount, Entities, Month, entities


@pytest.mark.parametrize(
    ("text", "invoices"),
    [
        ("what about in_2041", ("in_2041",)),
        ("INV-2041 and INV-2042 please", ("INV-2041", "INV-2042")),
        ("is #2041 paid", ("2041",)),
        ("invoice number 88123", ("88123",)),
        ("I bought it in 2041 pieces", ()),
    ],
)
def test_invoices_are_found_by_their_numbers(text: str, invoices: tuple[str, ...]) -> None:
    assert entities(text).invoices == invoices


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("the November one", (Month(11),)),
        ("bill for Oct 2025", (Month(10, 2025),)),
        ("last month's invoice", (Month(ago=1),)),
        ("what do I owe this month", (Month(ago=0),)),
        ("the bill of 2026-03", (Month(3, 2026),)),
        ("may I pay later", ()),
        ("the May invoice", (Month(5),)),
    ],
)
def test_months_are_named_or_relative(text: str, months: tuple[Month, ...]) -> None:
    assert entities(text).months == months


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("charged $1,234.50 twice", Amount(Decimal("1234.50"), "USD")),
        ("20 bucks", Amount(Decimal(20), "USD")),
        ("12,50 EUR", Amount(Decimal("12.50"), "EUR")),
        ("I added 5\u20ac", Amount(Decimal(5), "EUR")),
        ("about $2k", Amount(Decimal(2000), "USD")),
    ],
)
def test_amounts_have_a_currency(text: str, amount: Amount) -> None:
    assert entities(text).amounts == (amount,)


def test_a_bare_number_is_no_amount() -> None:
    assert entities("I have 3 endpoints and tier 2").amounts == ()


def test_card_endings_are_found() -> None:
    assert entities("use the card ending in 4421").card_endings == ("4421",)
    assert entities("visa ****1881").card_endings == ("1881",)


def test_an_http_status_needs_an_error_about_it() -> None:
    assert entities("API returns 402 since noon").statuses == (402,)
    assert entities("I spent 402 hours").statuses == ()
    assert entities("402?").statuses == (402,)


def test_error_codes_are_words_with_underscores_but_invoices_are_not() -> None:
    assert entities("insufficient_quota for in_2041").error_codes == ("insufficient_quota",)


def test_job_kinds_are_recognised_in_their_spellings() -> None:
    assert entities("finetuning or an endpoint?").jobs == ("dedicated_endpoint", "fine_tuning")
    assert entities("run an eval").jobs == ("evaluation",)


@pytest.mark.parametrize(
    ("text", "ordinal"),
    [
        ("no, the other invoice", "other"),
        ("the latest one", "latest"),
        ("and the previous one", "previous"),
        ("my first invoice", "first"),
        ("an invoice", None),
    ],
)
def test_ordinals_point_at_an_item(text: str, ordinal: str | None) -> None:
    assert entities(text).ordinal == ordinal


def test_negation_is_noticed() -> None:
    assert entities("I don't want auto-recharge").negated
    assert not entities("I want auto-recharge").negated


def test_a_message_that_names_nothing_is_empty() -> None:
    assert entities("hello") == Entities()
