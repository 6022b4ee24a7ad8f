"""Brings the tables up to date, without Alembic where there is nothing for it to do."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, insert, inspect, select

from supportbot.errors import StoreUnavailable
from supportbot.store.engine import in_memory, writing
from supportbot.store.faults import place, plain_faults
from supportbot.store.tables import REVISION, metadata, version

MIGRATIONS: Final = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> None:
    """
    Bring the tables to ``REVISION``; several processes may do so at once.

    Raises:
        StoreUnavailable: the database cannot be written, or a newer supportbot made it.
    """
    with plain_faults(engine):
        with engine.connect() as connection:
            if revision_of(connection) == REVISION:
                return
        with writing(engine).begin() as connection:
            if in_memory(engine.url):
                create(connection)
            else:
                migrate(connection)


def revision_of(connection: Connection) -> str | None:
    """Return the newest migration that was run; None: none was."""
    if not inspect(connection).has_table(version.name):
        return None
    return connection.execute(select(version.c.version_num)).scalar()


def create(connection: Connection) -> None:
    """Make all tables as they are now: for a new database, far quicker than migrations."""
    metadata.create_all(connection, checkfirst=False)
    version.create(connection)
    connection.execute(insert(version).values(version_num=REVISION))


def migrate(connection: Connection) -> None:
    """Run, within the transaction of ``connection``, the migrations that were not run yet."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreUnavailable(
            f"The database {place(connection.engine.url)} was made by a newer supportbot "
            f"(revision {revision_of(connection)}, this one knows {REVISION}); "
            "upgrade supportbot."
        ) from error
