"""The migrations lead to the tables that the code uses, once, whoever runs them."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Engine, inspect, text

from supportbot.errors import StoreUnavailable
from supportbot.store import schema
from supportbot.store.engine import open_engine, writing
from supportbot.store.schema import MIGRATIONS, create, migrate, revision_of, upgrade
from supportbot.store.tables import REVISION, metadata

ROOT: Final = Path(__file__).parent.parent

UPGRADE: Final = """
import sys
from supportbot.store.engine import open_engine
from supportbot.store.schema import upgrade
upgrade(open_engine(sys.argv[1]))
print("alembic" in sys.modules)
"""


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_engine(f"sqlite:///{tmp_path / 'bot.db'}")


def upgraded_by_a_process(url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", UPGRADE, url],
        env={"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_migrations_make_the_tables_that_the_code_uses(engine: Engine) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with writing(engine).begin() as connection:
        migrate(connection)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)

    assert differences == []


def test_a_new_database_is_the_same_whether_made_or_migrated(tmp_path: Path) -> None:
    def made_by(function: str) -> set[str]:
        engine = open_engine(f"sqlite:///{tmp_path / function}.db")
        with writing(engine).begin() as connection:
            getattr(schema, function)(connection)
            rows = connection.execute(text("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL"))
            return {" ".join(row.sql.split()).replace("( ", "(") for row in rows}

    def shape(statements: set[str]) -> set[str]:
        return {s for s in statements if "alembic_version" not in s}

    assert shape(made_by("create")) == shape(made_by("migrate"))


def test_the_revision_named_in_the_code_is_the_newest_one() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


@pytest.mark.parametrize("make", [create, migrate])
def test_both_ways_leave_the_same_revision(engine: Engine, make: object) -> None:
    assert callable(make)
    with writing(engine).begin() as connection:
        make(connection)
    with engine.connect() as connection:
        assert revision_of(connection) == REVISION


def test_upgrading_again_changes_nothing_and_needs_no_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    upgrade(open_engine(url))

    said, errors = upgraded_by_a_process(url).communicate(timeout=60)

    assert (said.strip(), errors) == ("False", "")


def test_a_database_in_memory_needs_no_alembic() -> None:
    said, errors = upgraded_by_a_process("sqlite://").communicate(timeout=60)

    assert (said.strip(), errors) == ("False", "")


def test_four_processes_may_migrate_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bot.db'}"

    processes = [upgraded_by_a_process(url) for _ in range(4)]

    for process in processes:
        _, errors = process.communicate(timeout=100)
        assert process.returncode == 0, errors


def test_a_migration_that_fails_leaves_nothing_behind(engine: Engine) -> None:
    with writing(engine).begin() as connection:
        connection.execute(text("CREATE TABLE accounts (other)"))  # in the migration's way

    with pytest.raises(StoreUnavailable):
        upgrade(engine)

    assert inspect(engine).get_table_names() == ["accounts"]


def test_a_database_of_a_newer_supportbot_is_told_and_left_alone(engine: Engine) -> None:
    upgrade(engine)
    with writing(engine).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StoreUnavailable, match=r"bot\.db was made by a newer supportbot.*9999"):
        upgrade(engine)

    with engine.connect() as connection:
        assert revision_of(connection) == "9999"


def test_migrations_run_back_as_well(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config

    upgrade(engine)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with writing(engine).begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")

    assert set(inspect(engine).get_table_names()) <= {"alembic_version", "sqlite_sequence"}
