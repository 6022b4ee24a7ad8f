"""A platform's own tables make account records, a SELECT for each part, and are only read."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Engine, create_engine, text

from supportbot.account import UNKNOWN, AutoRecharge, Balance, Limits
from supportbot.accounts.engines import open_to_read
from supportbot.accounts.guard import Deadline
from supportbot.accounts.mapped import MappedAccounts
from supportbot.accounts.mapping_file import read_mapping
from supportbot.errors import AccountNotFound, ConfigError, SourceUnavailable
from tests.fault_server import at_most
from tests.postgres import Postgres
from tests.running import AT, BALANCE, supportbot

TABLES: Final = """
CREATE TABLE customers (id TEXT PRIMARY KEY, title TEXT, currency TEXT, plan TEXT, zone TEXT,
    cap NUMERIC, used NUMERIC, credit NUMERIC, recharge_below NUMERIC);
CREATE TABLE bills (id TEXT, customer TEXT, state TEXT, total NUMERIC, due NUMERIC,
    issued TIMESTAMP, tries INTEGER);
CREATE TABLE cards (id TEXT, customer TEXT, brand TEXT, ending TEXT, kind TEXT, main INTEGER);
INSERT INTO customers VALUES ('northwind', 'Northwind Traders', 'USD', 'build_2', 'Europe/Rome',
    NULL, 42.5, 120.25, 50);
INSERT INTO customers VALUES ('meadow', 'Meadow', 'USD', 'build_9', NULL, 50, 50, 0, NULL);
INSERT INTO bills VALUES ('b_1', 'northwind', 'open', 312.40, 312.40, '2026-11-01 09:00:00', 1);
INSERT INTO bills VALUES ('b_2', 'northwind', 'paid', 10, 0, '2026-10-01 09:00:00', 1);
INSERT INTO cards VALUES ('c_1', 'northwind', 'visa', '4242', 'prepaid', 1);
"""
MAPPING: Final = """
[account]
sql = '''
SELECT id, title AS name, currency, plan AS tier, zone AS timezone
FROM customers WHERE id = :account
'''

[balance]
sql = "SELECT credit AS total FROM customers WHERE id = :account"
money = "decimal"

[limits]
sql = "SELECT cap AS balance_limit, used AS spent_this_period FROM customers WHERE id = :account"
money = "decimal"

[invoices]
sql = '''
SELECT id, state AS status, total, due AS amount_remaining, issued AS issued_at, tries AS attempts,
       'automatic' AS collection
FROM bills WHERE customer = :account ORDER BY issued
'''
money = "decimal"
naive = "UTC"

[payment_methods]
sql = '''
SELECT id, 'card' AS type, brand, ending AS last4, kind AS funding, main AS "default"
FROM cards WHERE customer = :account
'''

[auto_recharge]
sql = '''
SELECT 1 AS enabled, recharge_below AS threshold FROM customers
WHERE id = :account AND recharge_below IS NOT NULL
'''
money = "decimal"
"""


def filled(engine: Engine) -> None:
    with engine.begin() as connection:
        for statement in TABLES.strip().split(";\n"):
            connection.execute(text(statement.strip().removesuffix(";")))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "accounts.toml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'platform.db'}"
    engine = create_engine(url)
    filled(engine)
    engine.dispose()
    return url


@pytest.fixture(scope="module")
def postgres_url(postgres: Postgres) -> Iterator[str]:
    engine = create_engine(postgres.url)
    filled(engine)
    engine.dispose()
    yield postgres.url
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE customers, bills, cards"))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture
def source(url: str, file: Path) -> Iterator[MappedAccounts]:
    opened = MappedAccounts(open_to_read(url), read_mapping(file))
    yield opened
    opened.close()


Mapped = Callable[[str, str], MappedAccounts]


@pytest.fixture
def mapped(tmp_path: Path) -> Iterator[Mapped]:
    opened: list[MappedAccounts] = []

    def mapping(url: str, mapping: str) -> MappedAccounts:
        path = tmp_path / "own.toml"
        path.write_text(mapping, encoding="utf-8")
        opened.append(MappedAccounts(open_to_read(url), read_mapping(path)))
        return opened[-1]

    yield mapping
    for each in opened:
        each.close()


def test_a_record_is_made_of_the_platforms_tables(source: MappedAccounts) -> None:
    read = source.load("northwind")
    account = read.account

    assert read.failures == ()
    assert (account.name, account.tier, account.timezone) == (
        "Northwind Traders",
        "build_2",
        "Europe/Rome",
    )
    assert account.balance == Balance(12025)
    assert account.limits == Limits(balance_limit=None, spent_this_period=4250)
    assert account.auto_recharge == AutoRecharge(enabled=True, threshold=5000)
    assert account.invoices is not UNKNOWN
    assert [(i.id, i.status, i.total, i.amount_remaining) for i in account.invoices] == [
        ("b_2", "paid", 1000, 0),
        ("b_1", "open", 31240, 31240),
    ]
    assert str(account.invoices[1].issued_at) == "2026-11-01 09:00:00+00:00"
    assert account.payment_methods is not UNKNOWN
    assert [(c.last4, c.funding, c.default) for c in account.payment_methods] == [
        ("4242", "prepaid", True)
    ]
    assert account.payments is UNKNOWN
    assert read.origin("balance").source == "database"


def test_no_row_means_none_where_that_can_be_known(source: MappedAccounts) -> None:
    account = source.load("meadow").account

    assert account.invoices == ()
    assert account.auto_recharge is None
    assert account.limits == Limits(balance_limit=5000, spent_this_period=5000)


def test_a_value_that_no_record_has_spoils_its_part_alone(source: MappedAccounts) -> None:
    read = source.load("meadow")

    assert read.account.tier is UNKNOWN
    assert read.account.balance == Balance(0)
    assert [each.part for each in read.failures] == ["tier"]


def test_only_the_parts_that_are_needed_are_read(source: MappedAccounts) -> None:
    account = source.load("northwind", frozenset({"balance"})).account

    assert account.balance == Balance(12025)
    assert account.invoices is UNKNOWN
    assert account.tier is UNKNOWN


def test_an_account_without_a_row_is_not_found(source: MappedAccounts) -> None:
    for account_id in ("nobody", "..", "x' OR '1'='1"):
        with pytest.raises(AccountNotFound):
            source.load(account_id)


def test_a_select_that_fails_takes_its_part_alone(url: str, mapped: Mapped) -> None:
    broken = f'{MAPPING}\n[payments]\nsql = "SELECT nothing FROM nowhere WHERE id = :account"\n'  # noqa: S608
    source = mapped(url, broken)

    read = source.load("northwind")

    assert read.account.payments is UNKNOWN
    assert read.account.balance == Balance(12025)
    assert [each.part for each in read.failures] == ["payments"]
    assert source.probe(Deadline())[0].startswith("database: [payments] cannot be read")


def test_nothing_can_be_written_from_a_postgresql_mapping(
    postgres_url: str, postgres: Postgres, mapped: Mapped
) -> None:
    writing = """
[balance]
sql = '''
WITH taken AS (UPDATE customers SET credit = 0 WHERE id = :account RETURNING credit)
SELECT credit AS total FROM taken
'''
"""
    engine = create_engine(postgres.url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE OR REPLACE FUNCTION spend(who TEXT) RETURNS INTEGER AS $$ "
                "UPDATE customers SET credit = 0 WHERE id = who; SELECT 1 $$ LANGUAGE SQL"
            )
        )
    by_function = '\n[balance]\nsql = "SELECT spend(:account) AS total"\n'
    account = MAPPING.split("[balance]", maxsplit=1)[0]

    for sly in (writing, by_function):
        read = mapped(postgres_url, account + sly).load("northwind")
        assert read.account.balance is UNKNOWN
        assert "read-only" in read.failures[0].why
    with engine.connect() as connection:
        credit = connection.execute(text("SELECT credit FROM customers WHERE id = 'northwind'"))
        assert float(credit.scalar_one()) == 120.25
    engine.dispose()


def test_an_own_database_can_be_written_again_after_it_was_read(
    sqlite_url: str, file: Path
) -> None:
    engine = create_engine(sqlite_url, pool_size=1, max_overflow=0)
    MappedAccounts(engine, read_mapping(file)).load("northwind")

    with engine.begin() as connection:
        connection.execute(text("UPDATE customers SET credit = 1"))
    engine.dispose()


def test_a_slow_select_ends_in_time(postgres_url: str, mapped: Mapped) -> None:
    slow = MAPPING + '\n[quotes]\nsql = "SELECT pg_sleep(10) AS name WHERE :account = :account"\n'
    source = mapped(postgres_url, slow)

    with at_most(2.6):
        read = source.load("northwind")

    assert read.account.quotes is UNKNOWN
    assert read.account.balance == Balance(12025)
    assert [each.part for each in read.failures] == ["quotes"]


def test_a_killed_server_is_unavailable_and_found_again_without_a_restart_of_ours(
    postgres_url: str, postgres: Postgres, file: Path
) -> None:
    engine = open_to_read(postgres_url)
    source = MappedAccounts(engine, read_mapping(file))
    source.load("northwind")
    postgres.kill()
    with at_most(2.6), pytest.raises(SourceUnavailable, match="did not answer"):
        source.load("northwind")
    postgres.start()

    assert source.load("northwind").account.balance == Balance(12025)
    engine.dispose()


@pytest.mark.parametrize(
    ("mapping", "mend"),
    [
        ("", "[account] is missing"),
        ("[account", "is not TOML"),
        ("[account]\nsql = 'DELETE FROM customers WHERE id = :account'", "one SELECT"),
        ("[account]\nsql = 'SELECT 1 WHERE :account = 1; DROP TABLE x'", "one SELECT"),
        ("[account]\nsql = 'SELECT 1'", "by :account"),
        ("[account]\nsql = 'SELECT 1 WHERE :account = :other'", "nothing else"),
        ("[account]\nsql = 3", "needs sql"),
        ("[account]\nsql = 'SELECT :account'\nmony = 1", "mony, which means nothing"),
        ("[account]\nsql = 'SELECT :account'\nmoney = 'dollars'", '"minor" or "decimal"'),
        ("[account]\nsql = 'SELECT :account'\nnaive = 'Mars'", "time zone"),
        ("[account]\nsql = 'SELECT :account'\n[tier]\nsql = 'SELECT :account'", "as a column"),
        ("[account]\nsql = 'SELECT :account'\n[bills]\nsql = 'SELECT :account'", "no part"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_where_and_how_to_mend_it(
    tmp_path: Path, mapping: str, mend: str
) -> None:
    path = tmp_path / "accounts.toml"
    path.write_text(mapping, encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        read_mapping(path)
    assert mend in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("column", "money", "why"),
    [
        ("0.1 + 0.2", "decimal", "whole number of minor units"),
        ("'much'", "decimal", "no amount"),
        ("'12.345'", "decimal", "whole number of minor units"),
        ("'12.5'", "minor", "whole number of minor units"),
    ],
)
def test_an_amount_that_is_not_exact_is_refused(
    sqlite_url: str, mapped: Mapped, column: str, money: str, why: str
) -> None:
    account = MAPPING.split("[balance]", maxsplit=1)[0]
    sql = f"SELECT {column} AS total FROM customers WHERE id = :account"  # noqa: S608
    part = f'\n[balance]\nsql = "{sql}"\nmoney = "{money}"\n'

    read = mapped(sqlite_url, account + part).load("northwind")

    assert read.account.balance is UNKNOWN
    assert why in read.failures[0].why


@pytest.mark.parametrize(
    ("url", "mend"),
    [
        ("nonsense", "postgresql://"),
        ("sqlite:////no/such/file.db", "not there"),
        ("oracle://x", "needs the driver"),
    ],
)
def test_a_database_that_cannot_be_opened_is_named(url: str, mend: str) -> None:
    with pytest.raises(ConfigError, match=mend):
        open_to_read(url)


def test_a_question_is_answered_from_the_platforms_tables(sqlite_url: str, file: Path) -> None:
    settings = {"ACCOUNTS_DATABASE_URL": sqlite_url, "ACCOUNTS_MAPPING": str(file)}

    ran = supportbot("ask", BALANCE, "--account", "northwind", "--at", AT, "--json", **settings)
    well = supportbot("doctor", **settings)

    assert "$120.25" in ran.json["text"]
    assert "accounts   database can be read" in well.out
