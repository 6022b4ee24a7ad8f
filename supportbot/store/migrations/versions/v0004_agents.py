"""Agents of the console, their keys, and where a conversation is in Slack."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "slack_threads",
        sa.Column("conversation", sa.Text, primary_key=True),
        sa.Column("team", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("thread", sa.String(32), nullable=False),
    )
    op.create_table(
        "agents",
        sa.Column("email", sa.String(320), primary_key=True),
        sa.Column("password", sa.Text),
        sa.Column("admin", sa.Boolean, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )
    op.create_table(
        "agent_keys",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("use", sa.String(16), nullable=False),
        sa.Column("until", INSTANT, nullable=False),
    )


def downgrade() -> None:
    """Remove the tables, with all that is in them."""
    for table in ("agent_keys", "agents", "slack_threads"):
        op.drop_table(table)
