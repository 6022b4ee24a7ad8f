"""Runs by Alembic's rules: migrates the connection that ``schema.migrate`` hands over."""

from alembic import context

from supportbot.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter most of a table in place
)
with context.begin_transaction():
    context.run_migrations()
