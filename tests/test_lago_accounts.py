"""Lago's customers as accounts, read over HTTP from a server that keeps to its description."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from supportbot.account import UNKNOWN, Account, AutoRecharge, Balance
from supportbot.accounts.demo import demo_records
from supportbot.accounts.guard import Deadline
from supportbot.accounts.lago import LagoAccounts
from supportbot.accounts.side_by_side import SideBySide
from supportbot.diagnosis import CAUSES, diagnose
from supportbot.errors import AccountNotFound, SourceUnavailable
from supportbot.snapshot import Snapshot
from tests.fault_server import FAULTS, FaultServer, Response, at_most, instead, status
from tests.lago_server import KEY, SCENARIOS, as_lago, completed, lago_server, scenario
from tests.records import NOW

DEMO = {account.id: account for account in demo_records()}
SHOWN = ("bank_authorization_pending", "no_balance", "credit_not_settled")
"""Causes of which Lago holds as much as the demo's records do; of invoices it tells less."""

Serve = Callable[[dict[str, Any]], tuple[FaultServer, LagoAccounts]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    opened: list[Any] = []

    def serving(about: dict[str, Any]) -> tuple[FaultServer, LagoAccounts]:
        server = lago_server(about)
        source = LagoAccounts(KEY, server.url)
        opened.extend((source, server))
        return server, source

    yield serving
    for each in opened:
        each.close()


def read(serve: Serve, about: dict[str, Any]) -> Snapshot:
    _, source = serve(about)
    return source.load(about["customer"]["external_id"])


def causes(account: Account) -> list[str]:
    return [each.cause for each in diagnose(account, NOW).findings]


@pytest.mark.parametrize("account", DEMO.values(), ids=DEMO)
def test_the_demo_accounts_as_lago_has_them_give_the_same_findings(
    serve: Serve, account: Account
) -> None:
    found = read(serve, as_lago(account))
    without_limits = replace(account, limits=UNKNOWN, tier=UNKNOWN)

    assert found.failures == ()
    assert [each for each in causes(found.account) if each in SHOWN] == [
        each for each in causes(without_limits) if each in SHOWN
    ]


@pytest.mark.parametrize("account_id", ["northwind", "sakura", "rheinwerk"])
def test_every_figure_that_lago_has_is_read(serve: Serve, account_id: str) -> None:
    account = DEMO[account_id]
    found = read(serve, as_lago(account)).account

    def figures(of: Account) -> list[object]:
        assert of.invoices is not UNKNOWN
        return [(i.number, i.status, i.total, i.amount_remaining) for i in of.invoices]

    assert figures(found) == figures(account)
    assert found.balance is not UNKNOWN
    assert account.balance is not UNKNOWN
    assert found.balance.total == account.balance.total
    assert (found.currency, found.timezone) == (account.currency, account.timezone)


@pytest.mark.parametrize("file", sorted(SCENARIOS.glob("*.json")), ids=lambda path: path.stem)
def test_each_situation_shows_the_causes_that_it_is_named_for(serve: Serve, file: Path) -> None:
    about = scenario(file.stem)
    found = causes(read(serve, about).account)

    for cause in about["shows"]:
        assert cause in found
    for cause in about["does_not_show"]:
        assert cause not in found
    assert set(about["shows"] + about["does_not_show"]) <= set(CAUSES)


def test_the_ongoing_balance_is_the_balance_and_credits_are_told_by_kind(serve: Serve) -> None:
    found = read(serve, scenario("bought_and_given")).account

    assert found.balance == Balance(total=4200, purchased=4000, free=700, pending=2500)
    assert found.lifetime_purchased == 5000
    assert found.credit_grants is not UNKNOWN
    assert [(g.kind, g.amount, g.remaining, g.settlement) for g in found.credit_grants] == [
        ("purchased", 5000, 4000, "settled"),
        ("free", 1000, 700, "settled"),
        ("purchased", 2500, None, "pending"),
    ]


def test_of_a_wallet_that_keeps_no_count_the_kinds_are_unknown(serve: Serve) -> None:
    about = scenario("bought_and_given")
    about["wallets"][0]["transactions"][1]["remaining_amount_cents"] = None

    balance = read(serve, about).account.balance

    assert balance == Balance(total=4200, pending=2500)


def test_auto_recharge_is_a_rule_of_the_wallet_in_money(serve: Serve) -> None:
    found = read(serve, scenario("auto_recharge_failed")).account

    assert found.auto_recharge == AutoRecharge(
        enabled=True,
        threshold=3000,
        amount=6000,
        last_run_at=datetime(2026, 11, 20, 7, tzinfo=UTC),
        last_result="failed",
    )
    assert found.payments is not UNKNOWN
    assert [each.purpose for each in found.payments] == ["auto_recharge"]
    assert found.invoices == ()


def test_an_invoice_is_due_until_the_end_of_its_day_where_the_customer_is(serve: Serve) -> None:
    about = scenario("overdue")
    about["customer"]["applicable_timezone"] = "America/Los_Angeles"
    about["invoices"][0]["payment_due_date"] = "2026-11-23"

    found = read(serve, about).account

    assert found.invoices is not UNKNOWN
    assert str(found.invoices[0].due_at) == "2026-11-23 23:59:59-08:00"
    assert "past_due_invoice" not in causes(found)


def test_what_was_paid_of_an_invoice_is_taken_off(serve: Serve) -> None:
    found = read(serve, scenario("partly_paid")).account

    assert found.invoices is not UNKNOWN
    assert [(i.total, i.amount_remaining, i.attempts) for i in found.invoices] == [
        (30000, 20000, 1)
    ]


def test_lagos_own_link_is_no_link_to_pay(serve: Serve) -> None:
    found = read(serve, scenario("overdue")).account

    assert found.invoices is not UNKNOWN
    assert found.invoices[0].pay_url is None


def test_without_a_wallet_there_is_no_balance_to_tell(serve: Serve) -> None:
    found = read(serve, {"customer": {"external_id": "northwind"}})

    assert found.account.balance is UNKNOWN
    assert found.account.credit_grants == ()
    assert found.account.auto_recharge is None
    assert found.failures == ()


def test_a_payment_for_several_invoices_leaves_both_unknown(serve: Serve) -> None:
    about = scenario("partly_paid")
    about["payments"][0]["invoice_ids"] *= 2

    found = read(serve, about)

    assert found.account.payments is UNKNOWN
    assert found.account.invoices is UNKNOWN
    assert "several invoices" in str(found.failures)


def test_another_currency_spoils_its_part(serve: Serve) -> None:
    about = scenario("bought_and_given")
    about["wallets"][0]["currency"] = "EUR"

    found = read(serve, about)

    assert found.account.balance is UNKNOWN
    assert {each.part for each in found.failures} >= {"balance", "credit_grants"}


def test_all_pages_are_read(serve: Serve) -> None:
    about = scenario("overdue")
    about["invoices"] = [
        {**about["invoices"][0], "lago_id": f"00000000-0000-4000-9000-{n:012d}", "number": str(n)}
        for n in range(230)
    ]
    server, source = serve(about)

    found = source.load("northwind", frozenset({"invoices"})).account

    assert found.invoices is not UNKNOWN
    assert [each.number for each in found.invoices] == [str(n) for n in range(230)]
    pages = [r.asked("page") for r in server.requests if r.path.endswith("/invoices")]
    assert pages == ["1", "2", "3"]


def test_only_what_the_parts_need_is_asked_for(serve: Serve) -> None:
    server, source = serve(scenario("bought_and_given"))

    source.load("northwind", frozenset({"payment_methods"}))

    assert [request.path for request in server.requests] == [
        "/api/v1/customers/northwind",
        "/api/v1/customers/northwind/payment_methods",
    ]
    assert {request.method for request in server.requests} == {"GET"}


PART_PATHS = {
    "invoices": "/api/v1/customers/northwind/invoices",
    "payments": "/api/v1/customers/northwind/payments",
    "payment_methods": "/api/v1/customers/northwind/payment_methods",
    "balance": "/api/v1/customers/northwind/wallets",
    "credit_grants": "/api/v1/wallets/",
}
BESIDE = {
    "invoices": {"payments"},
    "payments": {"invoices"},
    "balance": {"payments", "credit_grants"},
    "credit_grants": {"payments", "balance"},
}


@pytest.mark.parametrize("part", PART_PATHS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_one_path_takes_its_parts_alone(serve: Serve, part: str, fault: str) -> None:
    server, source = serve(scenario("bought_and_given"))
    server.faults[PART_PATHS[part]] = FAULTS[fault]

    with at_most(2.5):
        found = source.load("northwind")

    assert getattr(found.account, part) is UNKNOWN
    assert part in {each.part for each in found.failures}
    assert KEY not in str(found.failures)
    others = set(PART_PATHS) - {part} - BESIDE.get(part, set())
    assert not [each for each in others if getattr(found.account, each) is UNKNOWN]


@pytest.mark.parametrize("fault", FAULTS)
def test_without_the_customer_nothing_is_told_and_soon(serve: Serve, fault: str) -> None:
    server, source = serve(scenario("bought_and_given"))
    server.faults["/api/v1/customers"] = FAULTS[fault]
    joined = SideBySide({"lago": source})

    with at_most(2.5), pytest.raises(SourceUnavailable):
        joined.load("northwind")


def test_the_breaker_closes_when_the_trouble_is_over(serve: Serve) -> None:
    server, source = serve(scenario("bought_and_given"))
    server.faults["/api/v1/customers/northwind/wallets"] = status(500)
    for _ in range(4):
        source.load("northwind", frozenset({"balance"}))
    assert source.guard.resting() == ("wallets",)
    server.faults.clear()
    with at_most(5):
        while source.load("northwind", frozenset({"balance"})).failures:
            pass

    assert source.guard.resting() == ()


def test_another_customer_is_not_believed(serve: Serve) -> None:
    server, source = serve(scenario("bought_and_given"))
    stranger = {"customer": completed("customer", {"external_id": "meadow"})}
    server.faults["/api/v1/customers/northwind$"] = instead(Response(stranger))

    with pytest.raises(SourceUnavailable, match="another customer"):
        source.load("northwind")


def test_a_customer_that_is_not_there_is_not_found(serve: Serve) -> None:
    _, source = serve(scenario("overdue"))

    for account_id in ("nobody", "..", "a/b"):
        with pytest.raises(AccountNotFound):
            source.load(account_id)


def test_the_key_is_examined(serve: Serve) -> None:
    server, source = serve(scenario("overdue"))
    wrong = LagoAccounts("wrong", server.url + "/api/v1/")

    assert source.probe(Deadline()) == ()
    assert "SUPPORTBOT_LAGO_API_KEY" in wrong.probe(Deadline())[0]
    wrong.close()
