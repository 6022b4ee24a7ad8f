"""Several sources make one account: the earlier before the later, field by field."""

from dataclasses import replace
from datetime import timedelta

import pytest

from supportbot.account import UNKNOWN, Account, Balance, Invoice, Limits
from supportbot.accounts.joining import Outcome, join
from supportbot.errors import AccountNotFound, SourceUnavailable
from supportbot.snapshot import Disagreement, Failure, Origin, Snapshot, whole
from tests.records import NOW, account

EARLIER = NOW - timedelta(seconds=30)


def bare(**parts: object) -> Account:
    return replace(Account("northwind", "Northwind Traders", "USD", NOW), **parts)  # type: ignore[arg-type]


def said(source: str, **parts: object) -> Outcome:
    return source, whole(bare(**parts), source)


def invoice(**fields: object) -> Invoice:
    return replace(Invoice("in_1", "open", 31240, 31240), **fields)  # type: ignore[arg-type]


def test_each_part_is_from_the_first_that_knows_it() -> None:
    joined = join(
        "northwind",
        [said("http", tier="build_2"), said("stripe", tier="scale", invoices=(invoice(),))],
    )

    assert joined.account.tier == "build_2"
    assert joined.account.invoices == (invoice(),)
    assert joined.origin("tier").source == "http"
    assert joined.origin("invoices").source == "stripe"
    assert joined.account.payments is UNKNOWN


def test_balance_and_limits_are_joined_field_by_field() -> None:
    joined = join(
        "northwind",
        [
            said("http", balance=Balance(500), limits=Limits(balance_limit=9000)),
            said("lago", balance=Balance(500, purchased=400), limits=Limits(spent_this_period=7)),
        ],
    )

    assert joined.account.balance == Balance(500, purchased=400)
    assert joined.account.limits == Limits(balance_limit=9000, spent_this_period=7)
    assert joined.origin("balance", "total").source == "http"
    assert joined.origin("balance", "purchased").source == "lago"
    assert joined.origin("limits", "spent_this_period").source == "lago"


def test_an_empty_list_is_known_and_is_not_filled_from_elsewhere() -> None:
    joined = join("northwind", [said("http", invoices=()), said("stripe", invoices=(invoice(),))])

    assert joined.account.invoices == ()


def test_no_auto_recharge_is_known_too() -> None:
    joined = join("northwind", [said("http", auto_recharge=None), said("lago")])

    assert joined.account.auto_recharge is None


def test_two_figures_for_one_field_are_a_disagreement_and_the_first_is_used() -> None:
    joined = join(
        "northwind",
        [
            said("http", balance=Balance(500), invoices=(invoice(),)),
            said("stripe", balance=Balance(700), invoices=(invoice(amount_remaining=0),)),
        ],
    )
    http, stripe = Origin("http", NOW), Origin("stripe", NOW)

    assert joined.account.balance == Balance(500)
    assert joined.disagreements == (
        Disagreement("balance.total", http, 500, stripe, 700),
        Disagreement("invoices[in_1].amount_remaining", http, 31240, stripe, 0),
    )


def test_the_same_figure_twice_is_none() -> None:
    assert not join(
        "northwind", [said("http", tier="scale"), said("stripe", tier="scale")]
    ).disagreements


def test_a_figure_that_is_known_to_lag_contradicts_nobody() -> None:
    lagging = whole(bare(balance=Balance(700)), "stripe")
    origin = Origin("stripe", NOW, "usage_not_deducted")
    lagging = replace(lagging, origins={"balance": origin})

    joined = join("northwind", [said("http", balance=Balance(500)), ("stripe", lagging)])

    assert joined.disagreements == ()


def test_money_of_another_currency_is_never_joined() -> None:
    euros = replace(bare(balance=Balance(700), invoices=(invoice(),)), currency="EUR")

    joined = join("northwind", [said("http", tier="scale"), ("stripe", whole(euros, "stripe"))])

    assert joined.account.currency == "USD"
    assert joined.account.balance is UNKNOWN
    assert joined.account.invoices is UNKNOWN
    assert [(each.field, each.value, each.other_value) for each in joined.disagreements] == [
        ("currency", "USD", "EUR")
    ]


def test_a_source_without_money_does_not_decide_the_currency() -> None:
    empty = replace(whole(bare(payment_methods=()), "stripe"), currency_known=False)
    euros = replace(bare(balance=Balance(700)), currency="EUR")

    joined = join("northwind", [("stripe", empty), ("lago", whole(euros, "lago"))])

    assert joined.account.currency == "EUR"
    assert joined.account.payment_methods == ()
    assert joined.currency_known


def test_the_reason_of_a_status_is_from_where_the_status_is() -> None:
    joined = join(
        "northwind",
        [said("stripe"), said("http", status="suspended", status_reason="past_due")],
    )

    assert (joined.account.status, joined.account.status_reason) == ("suspended", "past_due")


def test_name_and_time_zone_are_from_the_first_that_has_them() -> None:
    nameless = replace(bare(), name="")

    joined = join(
        "northwind", [("stripe", whole(nameless, "stripe")), said("lago", timezone="Europe/Rome")]
    )

    assert (joined.account.name, joined.account.timezone) == ("Northwind Traders", "Europe/Rome")


def test_the_record_is_as_old_as_its_oldest_part() -> None:
    older = whole(replace(bare(tier="scale"), as_of=EARLIER), "http")

    joined = join("northwind", [("http", older), said("stripe", invoices=())])

    assert joined.account.as_of == EARLIER
    assert joined.origin("invoices").as_of == NOW


def test_a_source_that_is_down_leaves_its_parts_unknown_and_is_named() -> None:
    joined = join("northwind", [said("http", tier="scale"), ("stripe", SourceUnavailable("down"))])

    assert joined.account.tier == "scale"
    assert joined.account.invoices is UNKNOWN
    assert joined.failures == (Failure("stripe", "", "down"),)


def test_a_source_that_does_not_have_the_account_is_no_failure() -> None:
    joined = join("northwind", [("stripe", AccountNotFound("northwind")), said("http")])

    assert joined.failures == ()


def test_an_account_is_missing_only_when_every_source_says_so() -> None:
    missing = AccountNotFound("northwind")

    with pytest.raises(AccountNotFound):
        join("northwind", [("http", missing), ("stripe", missing)])
    with pytest.raises(SourceUnavailable, match="down"):
        join("northwind", [("http", missing), ("stripe", SourceUnavailable("down"))])


def test_one_source_alone_is_taken_as_it_is() -> None:
    alone: Snapshot = whole(account(), "http")

    assert join("northwind", [("http", alone)]) == alone
