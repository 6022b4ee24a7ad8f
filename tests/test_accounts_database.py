"""Accounts in a real database file, and in memory: the same questions, the same answers."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from supportbot.account import UNKNOWN
from supportbot.accounts.database import DatabaseAccounts, metadata
from supportbot.accounts.importing import read_records
from supportbot.accounts.memory import MemoryAccounts
from supportbot.accounts.source import AccountSource, AccountSummary
from supportbot.errors import AccountNotFound, InputError, SourceUnavailable
from tests.records import AS_OF, account
from tests.strategies import PARTS

IMPORT_TWENTY_TIMES = """
import sys
from sqlalchemy import create_engine
from supportbot.accounts.database import DatabaseAccounts
from tests.records import account
_, url, name = sys.argv
database = DatabaseAccounts(create_engine(url))
for _ in range(20):
    database.replace_all_or_nothing([account(id=f"a{n}", name=name) for n in range(20)])
"""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{tmp_path / 'accounts.db'}")
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def database(engine: Engine) -> DatabaseAccounts:
    return DatabaseAccounts(engine)


@pytest.fixture(params=["database", "memory"])
def source(request: pytest.FixtureRequest, database: DatabaseAccounts) -> AccountSource:
    northwind = account()
    database.replace_all_or_nothing([northwind])
    return database if request.param == "database" else MemoryAccounts({northwind.id: northwind})


def test_a_source_gives_back_the_account_as_it_was(source: AccountSource) -> None:
    assert source.load("northwind").account == account()


@pytest.mark.parametrize(
    "account_id", ["nobody", "", "NORTHWIND", "' OR 1=1 --", "nörthwind", "a\0b", "\ud800"]
)
def test_an_account_that_is_not_there_is_not_found(source: AccountSource, account_id: str) -> None:
    with pytest.raises(AccountNotFound):
        source.load(account_id)


@pytest.mark.parametrize("part", PARTS)
def test_what_was_absent_is_still_unknown_after_storing(
    database: DatabaseAccounts, part: str
) -> None:
    database.replace_all_or_nothing([account(**{part: UNKNOWN})])

    assert getattr(database.load("northwind").account, part) is UNKNOWN


def test_importing_an_id_again_replaces_that_account_alone(database: DatabaseAccounts) -> None:
    other = account(id="other")
    database.replace_all_or_nothing([account(), other])
    newer = account(name="Northwind 2", tier=UNKNOWN)

    database.replace_all_or_nothing([newer])

    assert database.load("northwind").account == newer
    assert database.load("other").account == other


def test_the_list_is_in_the_order_of_ids_and_has_unknown_tiers(database: DatabaseAccounts) -> None:
    database.replace_all_or_nothing([account(id="b"), account(id="B", tier=UNKNOWN, name="Bee")])

    assert database.list() == (
        AccountSummary("B", "Bee", UNKNOWN, AS_OF),
        AccountSummary("b", "Northwind Traders", "build_2", AS_OF),
    )
    assert MemoryAccounts({"b": account(id="b")}).list() == database.list()[1:]


def test_importing_nothing_changes_nothing(database: DatabaseAccounts) -> None:
    database.replace_all_or_nothing([account()])

    database.replace_all_or_nothing([])

    assert len(database.list()) == 1


def test_a_bad_record_in_the_file_changes_nothing(
    database: DatabaseAccounts, tmp_path: Path
) -> None:
    database.replace_all_or_nothing([account()])
    path = tmp_path / "accounts.jsonl"
    path.write_text('{"id": "northwind", "name": "X", "currency": "USD"}\n')

    with pytest.raises(InputError, match="line 1, record 1: as_of is missing"):
        database.replace_all_or_nothing(read_records(path))

    assert database.load("northwind").account == account()


def test_when_the_database_refuses_one_account_it_keeps_none(
    engine: Engine, database: DatabaseAccounts
) -> None:
    database.replace_all_or_nothing([account()])
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TRIGGER refuse BEFORE INSERT ON accounts WHEN new.id = 'z' "
                "BEGIN SELECT RAISE(ABORT, 'not this one'); END"
            )
        )

    with pytest.raises(SourceUnavailable, match="not this one"):
        database.replace_all_or_nothing([account(name="Changed"), account(id="z")])

    assert [each.name for each in database.list()] == ["Northwind Traders"]


def test_a_database_without_the_table_is_unavailable_and_not_empty(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    database = DatabaseAccounts(engine)

    with pytest.raises(SourceUnavailable):
        database.load("northwind")
    with pytest.raises(SourceUnavailable):
        database.list()
    with pytest.raises(SourceUnavailable):
        database.replace_all_or_nothing([account()])
    engine.dispose()


def test_a_stored_record_that_cannot_be_read_is_unavailable_and_says_what_to_do(
    engine: Engine, database: DatabaseAccounts
) -> None:
    database.replace_all_or_nothing([account()])
    with engine.begin() as connection:
        connection.execute(text("UPDATE accounts SET record = '{}'"))

    with pytest.raises(SourceUnavailable, match="'northwind' cannot be read; import it again"):
        database.load("northwind")


def test_two_processes_that_import_at_once_both_succeed_and_one_wins_whole(
    engine: Engine, database: DatabaseAccounts
) -> None:
    command = [sys.executable, "-c", IMPORT_TWENTY_TIMES, str(engine.url)]
    root = Path(__file__).parents[1]

    processes = [subprocess.Popen([*command, name], cwd=root) for name in ("One", "Two")]

    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    assert len(database.list()) == 20
    assert len({each.name for each in database.list()}) == 1
