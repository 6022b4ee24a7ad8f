"""Accounts over HTTP: the good parts are used, the bad ones named, and no fault is believed."""

import json
import re
import socket
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from supportbot.account import UNKNOWN
from supportbot.accounts.guard import Deadline
from supportbot.accounts.http import HttpAccounts
from supportbot.accounts.side_by_side import SideBySide
from supportbot.errors import AccountNotFound, ConfigError, SourceUnavailable
from tests.fault_server import (
    FAULTS,
    FaultServer,
    Request,
    Response,
    at_most,
    instead,
    redirect,
    serving,
    status,
)
from tests.records import NORTHWIND, account
from tests.running import AT, BALANCE, program, supportbot

TOKEN = "t0ken-of-the-platform"  # noqa: S105 -- of nothing real


class Platform:
    """A billing platform with account records under /accounts."""

    def __init__(self) -> None:
        self.records: dict[str, Any] = {"northwind": deepcopy(NORTHWIND)}

    def __call__(self, request: Request) -> Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return Response({}, 401)
        record = self.records.get(request.path.removeprefix("/accounts/"))
        return Response(record) if record is not None else Response({}, 404)


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def server(platform: Platform) -> Iterator[FaultServer]:
    with serving(platform) as running:
        yield running


@pytest.fixture
def source(server: FaultServer) -> Iterator[HttpAccounts]:
    opened = HttpAccounts(f"{server.url}/accounts", TOKEN)
    yield opened
    opened.close()


def settings(server: FaultServer) -> dict[str, Any]:
    return {
        "ACCOUNTS": "http",
        "ACCOUNTS_URL": f"{server.url}/accounts/",
        "ACCOUNTS_TOKEN": TOKEN,
    }


def test_a_record_is_read_whole_with_one_request(source: HttpAccounts, server: FaultServer) -> None:
    read = source.load("northwind")

    assert read.account == account()
    assert read.failures == ()
    assert read.origin("balance").source == "http"
    assert [request.method for request in server.requests] == ["GET"]


def test_an_account_that_the_service_does_not_have_is_not_found(source: HttpAccounts) -> None:
    with pytest.raises(AccountNotFound):
        source.load("nobody")


@pytest.mark.parametrize("account_id", [".", "..", "", "a/b", "a%2fb", "a b", "ä", "x" * 65, "a?b"])
def test_an_id_that_cannot_be_one_is_not_even_asked_for(
    source: HttpAccounts, server: FaultServer, account_id: str
) -> None:
    with pytest.raises(AccountNotFound):
        source.load(account_id)
    assert server.requests == []


def test_ids_are_encoded(source: HttpAccounts, server: FaultServer, platform: Platform) -> None:
    platform.records["org:1"] = {**NORTHWIND, "id": "org:1"}

    assert source.load("org:1").account.id == "org:1"
    assert server.requests[0].raw_path == "/accounts/org%3A1"


def test_a_missing_part_is_unknown(source: HttpAccounts, platform: Platform) -> None:
    del platform.records["northwind"]["invoices"]

    read = source.load("northwind")

    assert read.account.invoices is UNKNOWN
    assert read.account.balance == account().balance
    assert read.failures == ()


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("invoices", [{"id": "in_1", "status": "overdue", "total": 1, "amount_remaining": 1}]),
        ("invoices", [{"id": "in_1", "status": "open", "total": 3.5, "amount_remaining": 1}]),
        ("payments", "none"),
        ("tier", "build_9"),
        ("auto_recharge", {"enabled": "yes"}),
        ("credit_grants", [{"id": "g", "kind": "free", "amount": 1, "colour": "red"}]),
    ],
)
def test_a_malformed_part_is_dropped_alone_and_named(
    source: HttpAccounts, platform: Platform, part: str, value: object
) -> None:
    platform.records["northwind"][part] = value

    read = source.load("northwind")

    assert getattr(read.account, part) is UNKNOWN
    assert read.account.balance == account().balance
    assert {each.part for each in read.failures} == {part}


def test_of_balance_a_malformed_field_is_dropped_alone_but_for_the_total(
    source: HttpAccounts, platform: Platform
) -> None:
    record = platform.records["northwind"]
    record["balance"]["free"] = "5.00"
    record["limits"]["balance_limit"] = -1.5
    first = source.load("northwind").account
    record["balance"]["total"] = None
    second = source.load("northwind").account

    assert (first.balance.total, first.balance.free) == (12000, UNKNOWN)  # type: ignore[union-attr]
    assert first.limits.balance_limit is UNKNOWN  # type: ignore[union-attr]
    assert second.balance is UNKNOWN


@pytest.mark.parametrize(
    ("field", "value"),
    [("currency", "dollars"), ("as_of", "yesterday"), ("name", None), ("timezone", "Mars/Base")],
)
def test_without_a_good_header_nothing_is_used(
    source: HttpAccounts, platform: Platform, field: str, value: object
) -> None:
    platform.records["northwind"][field] = value

    with pytest.raises(SourceUnavailable, match=field):
        source.load("northwind")


def test_a_field_at_the_top_that_no_record_has_is_passed_over(
    source: HttpAccounts, platform: Platform
) -> None:
    platform.records["northwind"]["created_by"] = "import"

    assert source.load("northwind").account == account()


def test_a_part_that_stands_twice_is_not_believed(
    source: HttpAccounts, server: FaultServer
) -> None:
    text = json.dumps(NORTHWIND)[:-1] + ', "invoices": []}'
    server.faults["/accounts"] = instead(Response(text.encode()))

    read = source.load("northwind")

    assert read.account.invoices is UNKNOWN
    assert "twice" in read.failures[0].why


def test_the_record_of_another_account_is_refused(
    source: HttpAccounts, server: FaultServer
) -> None:
    server.faults["/accounts"] = instead(Response({**NORTHWIND, "id": "meadow"}))

    with pytest.raises(SourceUnavailable, match="another account"):
        source.load("northwind")


@pytest.mark.parametrize("fault", FAULTS)
def test_under_every_fault_the_account_is_unavailable_in_time(
    source: HttpAccounts, server: FaultServer, fault: str
) -> None:
    server.faults["/accounts"] = FAULTS[fault]
    joined = SideBySide({"http": source})

    with at_most(2.5), pytest.raises(SourceUnavailable) as caught:
        joined.load("northwind")
    assert TOKEN not in str(caught.value)
    joined.close()


@pytest.mark.parametrize("fault", ["500", "closed", "truncated", "429 at once"])
def test_a_fault_that_passes_is_survived_by_the_second_try(
    source: HttpAccounts, server: FaultServer, fault: str
) -> None:
    def once(*about: Any) -> None:
        server.faults.clear()
        FAULTS[fault](*about)

    server.faults["/accounts"] = once

    assert source.load("northwind").account == account()
    assert len(server.requests) == 2


def test_what_fails_again_and_again_is_left_alone_and_found_again(
    source: HttpAccounts, server: FaultServer
) -> None:
    server.faults["/accounts"] = status(500)
    for _ in range(10):
        with pytest.raises(SourceUnavailable):
            source.load("northwind")
    asked = len(server.requests)
    server.faults.clear()
    source.guard.breaker("account").succeeded()

    assert asked <= 6
    assert source.load("northwind").account == account()


def test_no_redirect_is_followed(source: HttpAccounts, server: FaultServer) -> None:
    with serving(lambda _: Response(NORTHWIND)) as elsewhere:
        server.faults["/accounts"] = redirect(f"{elsewhere.url}/accounts/northwind")

        with pytest.raises(SourceUnavailable, match="redirects elsewhere"):
            source.load("northwind")
        assert elsewhere.requests == []


def test_a_name_that_leads_to_a_private_address_is_refused_unless_it_is_listed(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [place])
    url = f"http://billing.example.com:{server.port}/accounts"
    listed = HttpAccounts(url, TOKEN, private_hosts=("billing.example.com",))
    unlisted = HttpAccounts(url.replace("http:", "https:"), TOKEN)

    assert listed.load("northwind").account == account()
    with pytest.raises(SourceUnavailable, match="private address"):
        unlisted.load("northwind")
    listed.close()
    unlisted.close()


@pytest.mark.parametrize(
    ("url", "mend"),
    [
        ("ftp://billing.example.com", "web address"),
        ("billing.example.com", "web address"),
        ("http://billing.example.com", "use https"),
        ("https://user:pw@billing.example.com", "leave out"),
        ("https://billing.example.com/?id=", "leave out"),
    ],
)
def test_an_address_that_may_not_be_used_is_refused_at_the_start(url: str, mend: str) -> None:
    with pytest.raises(ConfigError, match=mend):
        HttpAccounts(url, TOKEN)


def test_a_probe_says_what_is_wrong(source: HttpAccounts, server: FaultServer) -> None:
    well = source.probe(Deadline())
    server.faults["/accounts"] = status(403)
    refused = source.probe(Deadline())
    server.faults["/accounts"] = instead(Response(NORTHWIND))
    credulous = source.probe(Deadline())

    assert well == ()
    assert "SUPPORTBOT_ACCOUNTS_TOKEN" in refused[0]
    assert "404" in credulous[0]


def test_a_question_is_answered_from_the_service(server: FaultServer) -> None:
    ran = supportbot(
        "ask", BALANCE, "--account", "northwind", "--at", AT, "--json", **settings(server)
    )

    assert "$120.00" in ran.json["text"]
    figures = [each for each in ran.json["citations"] if each["kind"] == "account"]
    assert {each["source"] for each in figures} == {"http"}
    assert {each["as_of"] for each in figures} == {NORTHWIND["as_of"]}


@pytest.mark.parametrize("fault", ["500", "slow", "huge", "429 for a minute", "truncated"])
def test_when_the_service_fails_the_documentation_still_answers(
    server: FaultServer, fault: str
) -> None:
    server.faults["/accounts"] = FAULTS[fault]

    ran = supportbot("ask", "do my credits expire?", "--account", "northwind", "--json",
                     **settings(server))  # fmt: skip

    assert ran.json["degraded"] == ["account"]
    assert "no expiration date" in ran.json["text"]
    assert "could not read your account" in ran.json["text"]
    assert not [each for each in ran.json["citations"] if each["kind"] != "doc"]


def test_show_names_the_source_and_its_age(server: FaultServer) -> None:
    ran = supportbot("accounts", "show", "northwind", "--source", "http", **settings(server))

    assert "- balance: http, as of 2026-11-23T08:58:00Z (" in ran.out


def test_doctor_tries_the_service_and_names_what_is_wrong(server: FaultServer) -> None:
    well = supportbot("doctor", **settings(server))
    wrong = supportbot("doctor", **{**settings(server), "ACCOUNTS_TOKEN": "wr0ng"})
    unset = supportbot("doctor", ACCOUNTS="http")

    assert "accounts   http can be read" in well.out
    assert "SUPPORTBOT_ACCOUNTS_TOKEN" in wrong.out
    assert "wr0ng" not in wrong.out
    assert "needs SUPPORTBOT_ACCOUNTS_URL" in unset.out


def test_a_program_with_a_slow_service_ends_soon(server: FaultServer) -> None:
    server.faults["/accounts"] = FAULTS["slow"]

    with at_most(15):
        ran = program("ask", BALANCE, "--account", "northwind", **settings(server))
    assert ran.code == 0
    assert "could not read your account" in ran.out
    assert re.fullmatch(r"http (took longer than 2 s in all|did not answer in time)\.\n", ran.err)
    assert len(server.requests) == 1
