"""Stripe's customers as accounts, read over HTTP from a server that keeps to its description."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from supportbot.account import UNKNOWN, Account, Balance
from supportbot.accounts.demo import demo_records
from supportbot.accounts.guard import Deadline, Guard
from supportbot.accounts.side_by_side import SideBySide
from supportbot.accounts.stripe_client import API_VERSION, open_client, open_web
from supportbot.accounts.stripe_source import StripeAccounts
from supportbot.diagnosis import CAUSES, diagnose
from supportbot.errors import AccountNotFound, SourceUnavailable
from supportbot.snapshot import Snapshot
from tests.fault_server import FAULTS, FaultServer, Response, at_most, instead, slow, status
from tests.records import NOW
from tests.running import supportbot
from tests.stripe_server import KEY, SCENARIOS, as_stripe, completed, scenario, stripe_server

DEMO = {account.id: account for account in demo_records()}
SHOWN = (
    "past_due_invoice",
    "credits_after_invoice",
    "bank_authorization_pending",
    "prepaid_card",
    "card_expired",
    "payment_declined",
    "free_credit_expired",
)
"""Causes that Stripe alone can show to the full; the others need what it does not hold."""

Serve = Callable[[dict[str, Any]], tuple[FaultServer, StripeAccounts]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    opened: list[Any] = []

    def serving(about: dict[str, Any]) -> tuple[FaultServer, StripeAccounts]:
        server = stripe_server(about)
        source = StripeAccounts(KEY, server.url)
        opened.extend((source, server))
        return server, source

    yield serving
    for each in opened:
        each.close()


def read(serve: Serve, about: dict[str, Any], account_id: str = "") -> Snapshot:
    _, source = serve(about)
    return source.load(account_id or about["customer"]["id"])


@pytest.mark.parametrize("account", DEMO.values(), ids=DEMO)
def test_the_demo_accounts_as_stripe_has_them_give_the_same_findings(
    serve: Serve, account: Account
) -> None:
    found = replace(read(serve, as_stripe(account), account.id).account, timezone=account.timezone)
    there = diagnose(found, NOW).findings
    here = diagnose(replace(account, status_reason=None, last_error=UNKNOWN), NOW).findings

    assert [(f.cause, f.grade) for f in there if f.cause in SHOWN] == [
        (f.cause, f.grade) for f in here if f.cause in SHOWN
    ]


@pytest.mark.parametrize("account_id", ["northwind", "alpenglow", "sakura"])
def test_every_field_that_stripe_has_is_read(serve: Serve, account_id: str) -> None:
    account = DEMO[account_id]
    found = read(serve, as_stripe(account), account_id).account

    assert found.invoices is not UNKNOWN
    assert [
        (i.id, i.total, i.amount_remaining, i.issued_at, i.attempts) for i in found.invoices
    ] == [
        (i.id, i.total, i.amount_remaining, i.issued_at, i.attempts)
        for i in account.invoices  # type: ignore[union-attr]
    ]
    assert found.payments == account.payments
    assert found.payment_methods == account.payment_methods
    assert (found.id, found.name, found.currency) == (account.id, account.name, account.currency)


@pytest.mark.parametrize("file", sorted(SCENARIOS.glob("*.json")), ids=lambda path: path.stem)
def test_each_situation_shows_the_causes_that_it_is_named_for(serve: Serve, file: Any) -> None:
    about = scenario(file.stem)
    found = read(serve, about).account
    causes = [each.cause for each in diagnose(found, NOW).findings]

    for cause in about["shows"]:
        assert cause in causes, causes
    for cause in about["does_not_show"]:
        assert cause not in causes, causes
    assert set(about["shows"] + about["does_not_show"]) <= set(CAUSES)


def test_the_balance_is_that_of_the_credits_and_says_that_usage_is_missing(serve: Serve) -> None:
    about = as_stripe(DEMO["northwind"])
    about["customer"]["balance"] = -99_900
    found = read(serve, about)

    assert found.account.balance == Balance(15000, 15000, 0)
    assert found.origin("balance", "total").caveat == "usage_not_deducted"
    assert found.account.lifetime_purchased == 65000


def test_a_customer_without_credits_has_no_balance_that_stripe_could_tell(serve: Serve) -> None:
    found = read(serve, {"customer": {"id": "cus_1"}}).account

    assert found.balance is UNKNOWN
    assert found.credit_grants == ()
    assert found.invoices == ()
    assert found.limits is UNKNOWN


def test_an_account_is_found_by_the_metadata_of_the_customer(serve: Serve) -> None:
    about = {"customer": {"id": "cus_9", "metadata": {"account_id": "northwind"}}}

    assert read(serve, about, "northwind").account.id == "northwind"
    with pytest.raises(AccountNotFound):
        read(serve, about, "other")
    with pytest.raises(AccountNotFound):
        read(serve, about, "cus_8")


def test_a_deleted_customer_is_not_found(serve: Serve) -> None:
    server, source = serve({"customer": {"id": "cus_1"}})
    server.faults["/v1/customers/cus_1$"] = instead(
        Response({"id": "cus_1", "object": "customer", "deleted": True})
    )

    with pytest.raises(AccountNotFound):
        source.load("cus_1")


def test_two_customers_of_one_account_are_one_too_many(serve: Serve) -> None:
    server, source = serve({"customer": {"id": "cus_1"}})
    both = [
        completed("customer", {"id": name, "metadata": {"account_id": "northwind"}})
        for name in ("cus_1", "cus_2")
    ]
    page = {"object": "list", "url": "/", "has_more": False, "data": both}
    server.faults["/v1/customers/search"] = instead(Response(page))

    with pytest.raises(SourceUnavailable, match="several customers"):
        source.load("northwind")


def test_all_pages_are_read(serve: Serve) -> None:
    invoices = [
        {"id": f"in_{n}", "status": "paid", "currency": "usd", "total": n, "amount_remaining": 0}
        for n in range(250)
    ]
    server, source = serve({"customer": {"id": "cus_1"}, "invoices": invoices})

    found = source.load("cus_1", frozenset({"invoices"}))

    assert found.account.invoices is not UNKNOWN
    assert [each.total for each in found.account.invoices] == list(range(250))
    assert {r.asked("limit") for r in server.requests if r.path == "/v1/invoices"} == {"100"}


def test_a_list_of_which_a_page_is_missing_is_not_used(serve: Serve) -> None:
    invoices = [
        {"id": f"in_{n}", "status": "paid", "currency": "usd", "total": n, "amount_remaining": 0}
        for n in range(150)
    ]
    server, source = serve({"customer": {"id": "cus_1"}, "invoices": invoices})
    respond = server.respond
    server.respond = lambda r: Response({}, 500) if r.asked("starting_after") else respond(r)

    found = source.load("cus_1", frozenset({"invoices"}))

    assert found.account.invoices is UNKNOWN
    assert [each.part for each in found.failures] == ["invoices"]


def test_only_what_the_parts_need_is_asked_for(serve: Serve) -> None:
    server, source = serve(as_stripe(DEMO["northwind"]))

    source.load("northwind", frozenset({"payment_methods"}))

    assert [request.path for request in server.requests] == [
        "/v1/customers/search",
        "/v1/customers/cus_northwind/payment_methods",
    ]


def test_every_request_has_the_pinned_version_and_no_telemetry(serve: Serve) -> None:
    server, source = serve(as_stripe(DEMO["northwind"]))

    source.load("northwind")

    for request in server.requests:
        assert request.method == "GET"
        assert request.headers["Stripe-Version"] == API_VERSION
        assert not [name for name in request.headers if "telemetry" in name.lower()]
        assert "X-Stripe-Client-User-Agent" not in request.headers


@pytest.mark.parametrize(
    "write",
    [
        lambda v1: v1.customers.create({"name": "x"}),
        lambda v1: v1.customers.update("cus_1", {"name": "x"}),
        lambda v1: v1.customers.delete("cus_1"),
        lambda v1: v1.invoices.pay("in_1"),
        lambda v1: v1.invoices.void_invoice("in_1"),
        lambda v1: v1.payment_intents.confirm("pi_1"),
        lambda v1: v1.refunds.create({"charge": "ch_1"}),
        lambda v1: v1.billing.credit_grants.void_grant("cg_1"),
        lambda v1: v1.events.list(),
        lambda v1: v1.accounts.retrieve("acct_1"),
    ],
)
def test_nothing_but_reading_what_is_listed_can_leave(
    serve: Serve, write: Callable[[Any], object]
) -> None:
    server, _ = serve({"customer": {"id": "cus_1"}})
    guard = Guard("stripe")
    web = open_web(guard, KEY, server.url)
    client = open_client(web, guard, KEY, Deadline())

    with pytest.raises(SourceUnavailable):
        write(client.v1)
    web.close()
    assert server.requests == []


PART_PATHS = {
    "invoices": "/v1/invoices$",
    "payments": "/v1/payment_intents",
    "payment_methods": "/v1/customers/cus_northwind/payment_methods",
    "credit_grants": "/v1/billing/credit_grants",
    "balance": "/v1/billing/credit_balance_summary",
}


@pytest.mark.parametrize("part", PART_PATHS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_one_path_takes_its_part_alone(serve: Serve, part: str, fault: str) -> None:
    server, source = serve(as_stripe(DEMO["northwind"]))
    server.faults[PART_PATHS[part]] = FAULTS[fault]

    with at_most(2.5):
        found = source.load("northwind")

    assert getattr(found.account, part) is UNKNOWN
    assert part in {each.part for each in found.failures}
    assert KEY not in str(found.failures)
    others = set(PART_PATHS) - {part} - {"invoices": {"payments"}, "credit_grants": {
        "balance"}}.get(part, set())  # fmt: skip
    assert not [each for each in others if getattr(found.account, each) is UNKNOWN]


@pytest.mark.parametrize("fault", FAULTS)
def test_without_the_customer_nothing_is_told_and_soon(serve: Serve, fault: str) -> None:
    server, source = serve(as_stripe(DEMO["northwind"]))
    server.faults["/v1/customers"] = FAULTS[fault]
    joined = SideBySide({"stripe": source})

    with at_most(2.5), pytest.raises(SourceUnavailable):
        joined.load("northwind")


def test_objects_of_another_customer_are_not_believed(serve: Serve) -> None:
    server, source = serve(as_stripe(DEMO["northwind"]))
    stranger = completed("invoices", {"id": "in_x", "customer": "cus_other", "status": "open"})
    page = {"object": "list", "url": "/", "has_more": False, "data": [stranger]}
    server.faults["/v1/invoices"] = instead(Response(page))

    found = source.load("northwind")

    assert found.account.invoices is UNKNOWN
    assert "another customer" in str(found.failures)


def test_after_the_trouble_is_over_the_part_is_there_again(serve: Serve) -> None:
    server, source = serve(as_stripe(DEMO["northwind"]))
    server.faults["/v1/invoices$"] = status(500)
    for _ in range(4):
        source.load("northwind", frozenset({"invoices"}))
    server.faults.clear()
    assert source.guard.resting() == ("invoices",)
    with at_most(5):
        while source.load("northwind", frozenset({"invoices"})).failures:
            pass

    assert source.guard.resting() == ()


def test_a_slow_part_does_not_hold_up_the_others(serve: Serve) -> None:
    server, source = serve(as_stripe(DEMO["northwind"]))
    server.faults["/v1/billing/credit_grants"] = slow()

    with at_most(2.5):
        found = source.load("northwind")

    assert found.account.payments == DEMO["northwind"].payments


def test_amounts_of_another_currency_spoil_their_part(serve: Serve) -> None:
    about = as_stripe(DEMO["northwind"])
    about["invoices"][0]["currency"] = "eur"

    found = read(serve, about, "northwind")

    assert found.account.invoices is UNKNOWN
    assert found.account.payment_methods == DEMO["northwind"].payment_methods


def test_before_the_first_invoice_the_currency_is_that_of_the_credits(serve: Serve) -> None:
    about = as_stripe(DEMO["rheinwerk"])
    about["customer"]["currency"] = None
    server, source = serve(about)
    server.respond.currency = "eur"  # type: ignore[attr-defined]

    assert source.load("rheinwerk").account.currency == "EUR"
    bare = read(serve, {"customer": {"id": "cus_1", "currency": None}})
    assert (bare.account.currency, bare.currency_known) == ("USD", False)


def test_the_key_is_examined(serve: Serve) -> None:
    server, source = serve(as_stripe(DEMO["northwind"]))
    well = source.probe(Deadline())
    server.faults["/v1/invoices"] = status(403)
    lacking = source.probe(Deadline())
    writing = StripeAccounts("sk_test_1", server.url)

    assert well == ()
    assert len(lacking) == 1
    assert lacking[0].startswith("Invoices cannot be read")
    troubles = " ".join(writing.probe(Deadline()))
    writing.close()
    assert "can write" in troubles
    assert "test key" in troubles


def test_the_official_client_sees_what_we_see(serve: Serve) -> None:
    server, source = serve(as_stripe(DEMO["northwind"]))
    client = stripe.StripeClient(
        KEY, base_addresses={"api": server.url}, http_client=stripe.RequestsClient()
    )

    invoices = client.v1.invoices.list({"customer": "cus_northwind", "limit": 100})
    ours = source.load("northwind").account.invoices

    assert ours is not UNKNOWN
    assert [(i.id, i.amount_remaining) for i in invoices.data] == [
        (i.id, i.amount_remaining) for i in ours
    ]


def test_a_reading_is_as_old_as_its_beginning(serve: Serve) -> None:
    before = datetime.now(UTC)
    found = read(serve, as_stripe(DEMO["northwind"]), "northwind")

    assert before <= found.account.as_of <= datetime.now(UTC)
    assert {origin.as_of for origin in found.origins.values()} == {found.account.as_of}


def test_a_question_is_answered_from_stripe_beside_another_source(serve: Serve) -> None:
    server, _ = serve(as_stripe(DEMO["northwind"]))
    settings = {
        "ACCOUNTS": "database+stripe",
        "STRIPE_API_KEY": KEY,
        "STRIPE_API_BASE": server.url,
    }
    question = ("ask", "is my card a prepaid card?", "--account", "northwind")

    ran = supportbot(*question, "--json", **settings)
    shown = supportbot("accounts", "show", "northwind", "--source", "stripe", **settings)

    cards = [each for each in ran.json["citations"] if each.get("record") == "payment_method"]
    assert cards
    assert {each["source"] for each in cards} == {"stripe"}
    assert "- invoices: stripe, as of" in shown.out


@pytest.mark.parametrize("fault", ["500", "slow", "huge", "truncated", "429 for a minute"])
def test_when_stripe_fails_the_documentation_answers_alone(serve: Serve, fault: str) -> None:
    server, _ = serve(as_stripe(DEMO["northwind"]))
    server.faults["/v1/"] = FAULTS[fault]
    settings = {"ACCOUNTS": "stripe", "STRIPE_API_KEY": KEY, "STRIPE_API_BASE": server.url}

    ran = supportbot("ask", "do my credits expire?", "--account", "northwind", "--json", **settings)

    assert ran.json["degraded"] == ["account"]
    assert "no expiration date" in ran.json["text"]
    assert not [each for each in ran.json["citations"] if each["kind"] != "doc"]
    assert KEY not in ran.out + ran.err
