"""What holds of the diagnosis on any record."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import fields, is_dataclass, replace
from itertools import chain, product
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from supportbot.account import UNKNOWN, Account, Balance, Limits, Payment
from supportbot.diagnosis import (
    CAUSES,
    Diagnosis,
    auto_recharge_purchases,
    diagnose,
    missing_for,
    past_due_invoices,
    room_before_negative_limit,
    telling_order,
)
from tests.diagnosis_records import known
from tests.records import NOW
from tests.strategies import PARTS, accounts

any_account = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)

NEEDS = {
    "service_incident": ("incidents",),
    "key_revoked": ("api_keys", "last_error"),
    "key_of_other_account": ("api_keys", "last_error"),
    "account_suspended": ("status",),
    "past_due_invoice": ("invoices",),
    "credits_after_invoice": ("invoices", "credit_grants"),
    "bank_authorization_pending": ("payments",),
    "prepaid_card": ("payment_methods",),
    "card_expired": ("payment_methods",),
    "payment_declined": ("payments",),
    "no_purchase_yet": ("lifetime_purchased",),
    "only_free_credits": ("balance",),
    "tier_too_low": ("tier", "model_access", "last_error"),
    "job_needs_more_balance": ("quotes", "balance"),
    "balance_limit_reached": ("limits",),
    "negative_limit_reached": ("balance",),
    "no_balance": ("balance",),
    "credit_not_settled": ("credit_grants", "payments"),
    "free_credit_expired": ("credit_grants",),
    "auto_recharge_failed": ("auto_recharge",),
    "rate_limited": ("last_error",),
    "request_rejected": ("last_error",),
}

# Without the other part these hold all the more: no payment is known to be under way, no
# invoice is known to be settled, no tier is known to need no purchase, no model's tier and no
# negative limit is known to explain it.
HOLDS_MORE_WITHOUT = {
    "past_due_invoice": {"payments"},
    "credits_after_invoice": {"payments"},
    "payment_declined": {"invoices"},
    "no_purchase_yet": {"tier"},
    "request_rejected": {"tier", "model_access"},
    "no_balance": {"limits", "tier"},
}


def found(diagnosis: Diagnosis) -> set[str]:
    return {one.cause for one in diagnosis.findings}


def without(account: Account, part: str) -> Account:
    unread: dict[str, Any] = {part: UNKNOWN}
    return replace(account, **unread)


def not_checked(diagnosis: Diagnosis) -> set[str]:
    return {one.cause for one in diagnosis.unchecked}


def values_in(value: object) -> Iterator[object]:
    if isinstance(value, tuple):
        yield from value
    elif is_dataclass(value):
        yield value


def test_the_table_of_needs_names_every_cause() -> None:
    assert tuple(NEEDS) == CAUSES


@any_account
@given(accounts)
def test_every_cause_is_in_exactly_one_list_and_each_list_in_order(account: Account) -> None:
    diagnosis = diagnose(account, NOW)
    lists = (
        [one.cause for one in diagnosis.findings],
        list(diagnosis.ruled_out),
        [one.cause for one in diagnosis.unchecked],
    )

    assert sorted(chain(*lists), key=CAUSES.index) == list(CAUSES)
    assert all(each == sorted(each, key=CAUSES.index) for each in lists)


@any_account
@given(accounts)
def test_the_same_record_has_the_same_diagnosis(account: Account) -> None:
    assert diagnose(deepcopy(account), NOW) == diagnose(account, NOW)


@any_account
@given(accounts)
def test_what_shows_a_cause_stands_in_the_record(account: Account) -> None:
    record = [item for part in fields(account) for item in values_in(getattr(account, part.name))]

    assert all(item in record for one in diagnose(account, NOW).findings for item in one.items)


@any_account
@given(accounts)
def test_an_unchecked_cause_names_a_part_and_a_named_part_is_one_that_tells(
    account: Account,
) -> None:
    for one in diagnose(account, NOW).unchecked:
        assert one.parts
        assert len(set(one.parts)) == len(one.parts)
        for name in one.parts:
            whole, _, part = name.partition(".")
            value = getattr(account, whole)
            absent = value is UNKNOWN or (part and getattr(value, part, None) in (UNKNOWN, None))
            assert absent


@any_account
@given(accounts, st.sampled_from(sorted(PARTS)))
def test_without_a_part_no_cause_is_found_that_needs_it(account: Account, part: str) -> None:
    blind = found(diagnose(without(account, part), NOW))

    assert not {cause for cause in blind if part in NEEDS[cause]}


@any_account
@given(accounts, st.sampled_from(["purchased", "free"]), st.sampled_from(["balance_limit"]))
def test_half_a_balance_or_limit_finds_nothing(account: Account, half: str, cap: str) -> None:
    unread: dict[str, Any] = {half: UNKNOWN}
    uncapped: dict[str, Any] = {cap: UNKNOWN}
    blind = replace(
        account,
        balance=replace(Balance(total=1, purchased=0, free=1), **unread),
        limits=replace(Limits(balance_limit=0, spent_this_period=1), **uncapped),
    )

    assert {"only_free_credits", "balance_limit_reached"} <= not_checked(diagnose(blind, NOW))


@any_account
@given(accounts, st.sampled_from(sorted(PARTS)))
def test_without_a_part_nothing_is_found_that_was_ruled_out(account: Account, part: str) -> None:
    before = set(diagnose(account, NOW).ruled_out)
    after = found(diagnose(without(account, part), NOW))

    assert all(part in HOLDS_MORE_WITHOUT.get(cause, ()) for cause in before & after)


@any_account
@given(accounts, st.sampled_from(sorted(PARTS)))
def test_without_a_part_no_grade_rises(account: Account, part: str) -> None:
    grades = ("possible", "likely", "certain")
    before = {one.cause: grades.index(one.grade) for one in diagnose(account, NOW).findings}

    for one in diagnose(without(account, part), NOW).findings:
        assert grades.index(one.grade) <= before.get(one.cause, 2)


@any_account
@given(accounts)
def test_paying_the_past_due_invoices_clears_them_and_the_credits_after_them(
    account: Account,
) -> None:
    due = past_due_invoices(account, NOW)
    if due is UNKNOWN:
        return
    paid = tuple(
        replace(one, status="paid", amount_remaining=0) if one in due else one
        for one in known(account.invoices)
    )

    after = found(diagnose(replace(account, invoices=paid), NOW))

    assert not after & {"past_due_invoice", "credits_after_invoice"}


@any_account
@given(accounts)
def test_a_payment_under_way_clears_the_past_due_invoices(account: Account) -> None:
    due = past_due_invoices(account, NOW)
    if due is UNKNOWN:
        return
    paying = tuple(
        Payment(f"py_{one.id}", "invoice", one.total, "processing", invoice=one.id) for one in due
    )
    payments = () if account.payments is UNKNOWN else account.payments

    after = found(diagnose(replace(account, payments=payments + paying), NOW))

    assert not after & {"past_due_invoice", "credits_after_invoice"}


@any_account
@given(accounts)
def test_buying_credits_never_clears_a_past_due_invoice(account: Account) -> None:
    rich = replace(account, balance=Balance(total=10**9, purchased=10**9, free=0))

    assert ("past_due_invoice" in found(diagnose(rich, NOW))) == (
        "past_due_invoice" in found(diagnose(account, NOW))
    )


@any_account
@given(accounts, st.integers(-(10**9), 10**9))
def test_the_past_due_invoice_outranks_every_other_billing_cause(
    account: Account, total: int
) -> None:
    asked = replace(account, balance=Balance(total=total, purchased=total, free=1))
    diagnosis = diagnose(asked, NOW)
    told = [one.cause for one in telling_order(diagnosis) if CAUSES.index(one.cause) > 2]

    assert "past_due_invoice" not in found(diagnosis) or told[0] == "past_due_invoice"


@any_account
@given(accounts)
def test_everything_is_told_but_more_than_three_possible_causes(account: Account) -> None:
    diagnosis = diagnose(account, NOW)
    told = telling_order(diagnosis)
    untold = [one for one in diagnosis.findings if one not in told]

    assert len({one.cause for one in told}) == len(told)
    assert all(one.grade == "possible" and not one.story for one in untold)
    assert not untold or len([one for one in told if one.grade == "possible"]) >= 3


@any_account
@given(accounts)
def test_the_story_is_told_directly_after_its_invoice(account: Account) -> None:
    diagnosis = diagnose(account, NOW)
    told = [one.cause for one in telling_order(diagnosis)]
    story = [one.cause for one in diagnosis.findings if one.story]

    assert set(story) <= set(CAUSES[5:10])
    assert not story or "past_due_invoice" in told
    if story:
        start = told.index("past_due_invoice") + 1
        assert told[start : start + len(story)] == story
    assert ("credits_after_invoice" in told) == ("credits_after_invoice" in story)


@any_account
@given(accounts)
def test_the_sums_agree_with_the_causes(account: Account) -> None:
    room, diagnosis = room_before_negative_limit(account), diagnose(account, NOW)
    balance = account.balance
    if room is not None and balance is not UNKNOWN and balance.total <= 0:
        assert (room <= 0) == ("negative_limit_reached" in found(diagnosis))
    quotes = () if account.quotes is UNKNOWN else account.quotes
    lacking = any(missing_for(quote, account) for quote in quotes)
    assert lacking == ("job_needs_more_balance" in found(diagnosis))


@any_account
@given(accounts)
def test_auto_recharge_stops_as_soon_as_the_threshold_is_met(account: Account) -> None:
    times, setup, balance = auto_recharge_purchases(account), account.auto_recharge, account.balance
    if times is None or setup is UNKNOWN or setup is None or balance is UNKNOWN:
        return
    threshold, amount = setup.threshold or 0, setup.amount or 0

    assert balance.total + times * amount >= threshold
    assert times == 0 or balance.total + (times - 1) * amount < threshold


def test_random_records_reach_every_verdict_of_every_cause() -> None:
    """Guards the strategy: properties of records that never speak would prove nothing."""
    reached: set[tuple[str, str]] = set()

    @settings(any_account, max_examples=400, derandomize=True, phases=[Phase.generate])
    @given(accounts)
    def collect(account: Account) -> None:
        diagnosis = diagnose(account, NOW)
        reached.update(("found", cause) for cause in found(diagnosis))
        reached.update(("ruled out", cause) for cause in diagnosis.ruled_out)
        reached.update(("unchecked", cause) for cause in not_checked(diagnosis))

    collect()

    assert reached == set(product(("found", "ruled out", "unchecked"), CAUSES))
