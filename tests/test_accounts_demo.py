"""The sample accounts: valid, told apart by name, and together they show every cause."""

import json
from datetime import timedelta
from importlib.resources import files

import pytest

from supportbot.account import UNKNOWN, Account
from supportbot.accounts.demo import demo_records
from supportbot.accounts.record import dump_record, faults
from supportbot.diagnosis import CAUSES, diagnose
from tests.records import NOW, published_schema

DEMO = {account.id: account for account in demo_records()}
SHOWS = {
    "northwind": "past_due_invoice credits_after_invoice prepaid_card payment_declined",
    "brightside": "",
    "rheinwerk": "past_due_invoice bank_authorization_pending",
    "tailwind": "bank_authorization_pending",
    "juniper": "prepaid_card",
    "kestrel": "card_expired payment_declined auto_recharge_failed",
    "alpenglow": "payment_declined",
    "glacier": "past_due_invoice payment_declined",
    "ferry": "",
    "sprout": "no_purchase_yet no_balance",
    "tidepool": "only_free_credits",
    "lantern": "tier_too_low",
    "sakura": "job_needs_more_balance",
    "meadow": "balance_limit_reached",
    "granite": "negative_limit_reached",
    "willow": "no_balance",
    "ember": "no_balance",
    "harbor": "credit_not_settled",
    "olive": "free_credit_expired",
    "cinder": "",
    "drizzle": "auto_recharge_failed",
    "orchard": "key_of_other_account",
    "monsoon": "key_revoked",
    "swift": "rate_limited",
    "quill": "request_rejected",
    "relay": "service_incident",
    "sentinel": "account_suspended request_rejected",
    "fogbank": "",
    "summit": "",
}
OF_A_RECENT_ERROR = {
    "tier_too_low",
    "key_of_other_account",
    "key_revoked",
    "rate_limited",
    "request_rejected",
}


def causes(account: Account, days_later: int = 0) -> list[str]:
    return [each.cause for each in diagnose(account, NOW + timedelta(days=days_later)).findings]


@pytest.mark.parametrize("account_id", DEMO)
def test_a_sample_account_shows_what_it_is_there_for(account_id: str) -> None:
    assert causes(DEMO[account_id]) == SHOWS[account_id].split()


@pytest.mark.parametrize("account_id", DEMO)
def test_a_month_later_it_still_shows_all_but_recent_errors(account_id: str) -> None:
    lasting = [each for each in SHOWS[account_id].split() if each not in OF_A_RECENT_ERROR]

    assert causes(DEMO[account_id], days_later=30) == lasting


def test_together_they_show_every_cause() -> None:
    assert {cause for shown in SHOWS.values() for cause in shown.split()} == set(CAUSES)


def test_every_sample_is_a_good_record_and_is_written_back_unchanged() -> None:
    raw = json.loads(files("supportbot.accounts").joinpath("demo.json").read_text("utf-8"))

    assert [fault for each in raw for fault in faults(each)] == []
    assert [dump_record(each)["id"] for each in demo_records()] == [each["id"] for each in raw]


@pytest.mark.parametrize("account_id", DEMO)
def test_every_sample_is_valid_by_the_published_schema(account_id: str) -> None:
    published_schema().validate(dump_record(DEMO[account_id]))


def test_names_and_ids_tell_the_samples_apart() -> None:
    assert len(DEMO) == len(demo_records()) >= 20
    assert len({account.name for account in demo_records()}) == len(DEMO)


def test_several_currencies_and_time_zones_are_among_them() -> None:
    assert {each.currency for each in demo_records()} == {"USD", "EUR", "GBP", "JPY", "CHF"}
    assert len({each.timezone for each in demo_records()}) >= 10


def test_fogbank_has_parts_that_could_not_be_read() -> None:
    assert DEMO["fogbank"].invoices is UNKNOWN
    assert DEMO["fogbank"].payment_methods is UNKNOWN
    assert diagnose(DEMO["fogbank"], NOW).unchecked


def test_the_flagship_invoice_is_as_its_story_says() -> None:
    invoices = DEMO["northwind"].invoices

    assert invoices is not UNKNOWN
    unpaid = next(each for each in invoices if each.id == "in_2041")
    assert (unpaid.number, unpaid.amount_remaining) == ("INV-2041", 31240)
