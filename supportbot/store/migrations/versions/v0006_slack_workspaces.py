"""Many workspaces of Slack, the states of their installation, and agents there."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, and room for the enterprise of a link."""
    op.create_table(
        "slack_workspaces",
        sa.Column("team", sa.String(32), primary_key=True),
        sa.Column("enterprise", sa.String(32)),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("bot_id", sa.String(32)),
        sa.Column("bot_user", sa.String(32)),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("installer", sa.String(32)),
        sa.Column("at", INSTANT, nullable=False),
    )
    op.create_table(
        "slack_states",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("until", INSTANT, nullable=False),
    )
    op.create_table(
        "slack_agents",
        sa.Column("team", sa.String(32), primary_key=True),
        sa.Column("user", sa.String(32), primary_key=True),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )
    for table in ("slack_links", "slack_nonces"):
        op.add_column(table, sa.Column("enterprise", sa.String(32)))


def downgrade() -> None:
    """Remove them, with all that is in them."""
    for table in ("slack_links", "slack_nonces"):
        op.drop_column(table, "enterprise")
    for table in ("slack_agents", "slack_states", "slack_workspaces"):
        op.drop_table(table)
