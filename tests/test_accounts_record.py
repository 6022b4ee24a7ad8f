"""A record in, an account out, and back; or a sentence for everything that is wrong."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportbot.account import UNKNOWN, Account, AutoRecharge, Balance
from supportbot.accounts.record import dump_record, faults, parse_record
from supportbot.errors import InputError
from tests.records import AS_OF, account, record
from tests.strategies import PARTS, accounts

BARE = {"id": "bare", "name": "Bare", "currency": "EUR", "as_of": "2026-11-23T08:58:00Z"}

offsets = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(timezones=offsets)
names = st.text(st.characters(exclude_categories=["Cs"]))
strange_accounts = st.builds(
    replace, accounts, name=names, as_of=instants, lifetime_purchased=st.integers()
)


def said(data: object) -> list[str]:
    assert isinstance(data, bytes | str | dict)
    return [str(fault) for fault in faults(data)]


@given(strange_accounts)
def test_what_is_written_is_read_back_as_the_same_account(given_account: Account) -> None:
    text = json.dumps(dump_record(given_account))

    assert parse_record(text) == given_account


def test_text_bytes_and_mapping_are_the_same_record() -> None:
    text = json.dumps(record())

    assert parse_record(text) == parse_record(text.encode()) == parse_record(record())


@pytest.mark.parametrize("part", PARTS)
def test_an_absent_part_is_unknown_and_never_zero(part: str) -> None:
    without = parse_record(record(**{part: UNKNOWN}))

    assert getattr(without, part) is UNKNOWN
    assert part not in dump_record(without)


@pytest.mark.parametrize("part", PARTS)
def test_of_a_bare_record_every_part_is_unknown(part: str) -> None:
    assert getattr(parse_record(BARE), part) is UNKNOWN


@pytest.mark.parametrize("part", ["purchased", "free", "pending"])
def test_an_absent_part_of_the_balance_is_unknown(part: str) -> None:
    assert getattr(account(balance={"total": 5}).balance, part) is UNKNOWN


@pytest.mark.parametrize("part", ["negative_limit", "balance_limit", "spent_this_period"])
def test_an_absent_limit_is_unknown_and_a_present_null_is_none_set(part: str) -> None:
    assert getattr(account(limits={}).limits, part) is UNKNOWN
    assert parse_record(record(limits={"balance_limit": None})).limits != account(limits={}).limits


def test_none_and_empty_are_known() -> None:
    known = account(auto_recharge=None, last_error=None, invoices=[], lifetime_purchased=0)

    assert (known.auto_recharge, known.last_error) == (None, None)
    assert (known.invoices, known.lifetime_purchased) == ((), 0)
    assert dump_record(known)["auto_recharge"] is None
    assert dump_record(known)["invoices"] == []


def test_an_absent_field_of_an_item_reads_as_none_and_funding_as_unknown() -> None:
    card = account(payment_methods=[{"id": "pm_1", "type": "card"}]).payment_methods

    assert card is not UNKNOWN
    assert (card[0].last4, card[0].exp_year, card[0].funding) == (None, None, "unknown")
    assert not card[0].default


def test_values_may_stand_in_for_json_when_a_test_builds_an_account() -> None:
    built = account(balance=Balance(0), auto_recharge=AutoRecharge(False), tier=UNKNOWN)

    assert built.balance == Balance(total=0)
    assert built.tier is UNKNOWN
    assert built.as_of == AS_OF


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (record(tier=None), "tier must be one of 'build_1'"),
        (record(tier="gold"), "tier must be one of 'build_1'"),
        (record(lifetime_purchased=12.5), "lifetime_purchased must be a whole number"),
        (record(lifetime_purchased=12.0), "lifetime_purchased must be a whole number"),
        (record(lifetime_purchased="12"), "lifetime_purchased must be a whole number"),
        (record(lifetime_purchased=True), "lifetime_purchased must be a whole number"),
        (record(lifetime_purchased=[]), "lifetime_purchased must be a whole number"),
        (record(lifetime_purchased=float("nan")), "whole number (money in minor units, like cents"),
        (record(balance={"total": 1, "free": None}), "balance.free must be a whole number"),
        (record(as_of=1_795_424_280), "as_of must be an instant with an offset"),
        (record(as_of="1795424280"), "as_of must be an instant with an offset"),
        (record(as_of="2026-11-23"), "as_of must be an instant with an offset"),
        (record(as_of="2026-11-23T08:58:00"), "as_of must be an instant with an offset"),
        (record(as_of="2026-11-23 08:58:00Z"), "as_of must be an instant with an offset"),
        (record(as_of="2026-02-30T08:58:00Z"), "as_of must be a date that the calendar has"),
        (record(currency="usd"), "currency must be a currency's code of three capital letters"),
        (record(timezone="Mars/Olympus"), "timezone must be a time zone's IANA name"),
        (record(timezone="../../etc/passwd"), "timezone must be a time zone's IANA name"),
        (record(timezone=""), "timezone must be a time zone's IANA name"),
        (record(timezone=None), "timezone must be text, not null"),
        (record(id=".."), "id must be more than dots"),
        (record(id="a/b"), "id must be 1 to 64 letters, digits"),
        (record(id="northwind\n"), "id must be 1 to 64 letters, digits"),
        (record(nmae="x"), "nmae is not a field of the account record here; perhaps name"),
        (record(zzz="x"), "zzz is not a field of the account record here; leave it out"),
        (record(id=UNKNOWN), "id is missing"),
        (record(members={}), "members must be a list, not an object"),
        (record(last_error="no"), 'last_error must be an object, not "no"'),
        (record(auto_recharge={"enabled": 1}), "auto_recharge.enabled must be true or false"),
        (record(name="\ud800"), "lone surrogate"),
        ("[]", "the record must be an object, not a list"),
        ("{", "the record is not good JSON"),
        ("", "the record is not good JSON"),
        (b"\xff", "the record is not UTF-8 text"),
        ("[" * 100_000, "the record is nested too deeply"),
        ('{"x":' + "[" * 300 + "]" * 300 + "}", "the record is nested too deeply"),
        ('{"id": ' + "1" * 5000 + "}", "the record holds a number of thousands of digits"),
        ('{"id": "a", "balance": {"total": 1, "total": 2}}', "balance.total stands twice"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(bad: object, sentence: str) -> None:
    sentences = said(bad)

    assert any(sentence in each for each in sentences), sentences
    assert "pydantic" not in str(sentences)


def test_the_field_is_named_with_its_place_in_the_list() -> None:
    invoice = {"id": "in_1", "status": "open", "total": 1, "amount_remaining": 2}
    bad = record(invoices=[invoice, invoice, invoice | {"amount_remaining": "2"}])

    assert [fault.field for fault in faults(bad)] == ["invoices[2].amount_remaining"]


def test_every_fault_is_reported_at_once() -> None:
    bad = record(tier="gold", payment_methods=[{"id": 1, "type": "card", "exp_month": 13}])
    bad["balance"] = {"totl": 1}

    assert {fault.field for fault in faults(bad)} == {
        "tier",
        "payment_methods[0].id",
        "payment_methods[0].exp_month",
        "balance.total",
        "balance.totl",
    }


def test_a_long_value_is_not_repeated_at_length() -> None:
    assert len(said(record(currency="x" * 10_000))[0]) < 200


def test_a_good_record_has_no_faults() -> None:
    assert faults(record()) == ()


def test_a_bad_record_raises_with_all_its_faults() -> None:
    with pytest.raises(InputError, match=r"currency must be .*\n?") as caught:
        parse_record(record(currency="usd", tier="gold"))

    assert len(caught.value.faults) == 2


def test_two_items_with_one_id_are_both_kept() -> None:
    twice = record()["payments"][:1] * 2

    payments = account(payments=twice).payments

    assert payments is not UNKNOWN
    assert len(payments) == 2


def test_an_offset_is_kept_as_the_same_instant() -> None:
    read = parse_record(record(as_of="2026-11-23t09:58:00.5+01:00"))

    assert read.as_of == datetime(2026, 11, 23, 8, 58, 0, 500_000, tzinfo=UTC)


def test_never_is_an_instant_too() -> None:
    never = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)

    assert account(timezone="Asia/Tokyo").local(never) == never
