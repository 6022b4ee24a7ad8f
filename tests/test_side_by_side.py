"""Sources are asked at once, none is waited for too long, and nothing is given to the wrong one."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from supportbot.account import UNKNOWN, Account
from supportbot.accounts.memory import MemoryAccounts
from supportbot.accounts.side_by_side import Kept, SideBySide
from supportbot.errors import AccountNotFound, SourceUnavailable
from supportbot.snapshot import EVERY_PART, Failure, Snapshot, whole
from tests.records import account


class Slow:
    """A source that answers when it is let go."""

    def __init__(self) -> None:
        self.free = threading.Event()

    def load(self, account_id: str, parts: frozenset[str] = EVERY_PART) -> Snapshot:
        self.free.wait(10)
        return whole(account(id=account_id), "slow")


class Counting:
    """A source that counts, and names each account by its id."""

    def __init__(self, *failures: Failure) -> None:
        self.asked: list[tuple[str, frozenset[str]]] = []
        self.failures = failures

    def load(self, account_id: str, parts: frozenset[str] = EVERY_PART) -> Snapshot:
        self.asked.append((account_id, parts))
        return whole(account(id=account_id, name=f"Name of {account_id}"), "http", self.failures)


class Broken:
    """A source with a fault of its own."""

    def load(self, account_id: str, parts: frozenset[str] = EVERY_PART) -> Snapshot:
        raise KeyError("cus_1")


def only(account_: Account, *parts: str) -> Account:
    return replace(account_, **dict.fromkeys(EVERY_PART - set(parts), UNKNOWN))  # type: ignore[arg-type]


def test_a_source_that_takes_too_long_is_left_behind_and_named() -> None:
    slow = Slow()
    quick = MemoryAccounts({"northwind": only(account(), "tier")})
    joined = SideBySide({"http": slow, "database": quick})
    began = time.monotonic()

    read = joined.load("northwind")

    assert time.monotonic() - began < 2.5
    assert read.account.tier == account().tier
    assert read.account.invoices is UNKNOWN
    assert [(each.source, each.part) for each in read.failures] == [("http", "")]
    slow.free.set()
    joined.close()


def test_a_fault_in_one_source_does_not_take_the_others_with_it() -> None:
    joined = SideBySide({"stripe": Broken(), "database": MemoryAccounts({"northwind": account()})})

    read = joined.load("northwind")

    assert read.account == account()
    assert "KeyError" in read.failures[0].why
    joined.close()


def test_when_all_are_down_the_account_is_unavailable() -> None:
    joined = SideBySide({"stripe": Broken()})

    with pytest.raises(SourceUnavailable):
        joined.load("northwind")
    joined.close()


def test_accounts_are_listed_by_the_source_that_can() -> None:
    joined = SideBySide({"http": Counting(), "database": Kept(MemoryAccounts({"a": account()}), 5)})

    assert [each.name for each in joined.list()] == ["Northwind Traders"]
    with pytest.raises(SourceUnavailable, match="http cannot be listed"):
        SideBySide({"http": Counting()}).list()
    joined.close()


def test_a_reading_serves_again_for_the_same_account_while_it_is_young() -> None:
    source, now = Counting(), [0.0]
    kept = Kept(source, 5, lambda: now[0])

    first, second = kept.load("a"), kept.load("a", frozenset({"invoices"}))
    now[0] = 5.1
    kept.load("a")

    assert first is second
    assert len(source.asked) == 2


def test_a_part_that_was_not_read_is_read_now() -> None:
    source = Counting()
    kept = Kept(source, 5)

    kept.load("a", frozenset({"invoices"}))
    kept.load("a", frozenset({"balance"}))

    assert [parts for _, parts in source.asked] == [{"invoices"}, {"balance"}]


def test_a_reading_with_a_failure_is_not_kept() -> None:
    source = Counting(Failure("http", "invoices", "too slow"))
    kept = Kept(source, 5)

    kept.load("a")
    kept.load("a")

    assert len(source.asked) == 2


def test_nothing_is_kept_when_nothing_is_to_be() -> None:
    source = Counting()
    kept = Kept(source, 0)

    kept.load("a")
    kept.load("a")

    assert len(source.asked) == 2


def test_no_reading_is_ever_given_to_another_account() -> None:
    kept = Kept(Counting(), 60)
    ids = [f"account-{n % 40}" for n in range(4000)]

    with ThreadPoolExecutor(16) as readers:
        read = list(readers.map(kept.load, ids))

    assert [each.account.id for each in read] == ids
    assert [each.account.name for each in read] == [f"Name of {each}" for each in ids]


def test_a_missing_account_stays_missing_through_all_of_it() -> None:
    joined = SideBySide({"database": Kept(MemoryAccounts({}), 5)})

    with pytest.raises(AccountNotFound):
        joined.load("nobody")
    joined.close()
