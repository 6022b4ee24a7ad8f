"""What Slack needs: links, one-time links, the inbox, the outbox; and the audit."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "slack_links",
        sa.Column("team", sa.String(32), primary_key=True),
        sa.Column("user", sa.String(32), primary_key=True),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("host_user", sa.Text),
        sa.Column("email", sa.Text),
        sa.Column("role", sa.String(16)),
        sa.Column("at", INSTANT, nullable=False),
    )
    op.create_table(
        "slack_nonces",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("team", sa.String(32), nullable=False),
        sa.Column("user", sa.String(32), nullable=False),
        sa.Column("until", INSTANT, nullable=False),
    )
    op.create_table(
        "slack_events",
        sa.Column("id", sa.String(128), primary_key=True),
        sa.Column("message", sa.String(160), unique=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("lease", INSTANT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )
    op.create_table(
        "slack_posts",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("team", sa.String(32), nullable=False),
        sa.Column("method", sa.String(32), nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("due", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
    )
    op.create_index("slack_posts_state", "slack_posts", ["state", "due"])
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Remove the tables, with all that is in them."""
    for table in ("audit", "slack_posts", "slack_events", "slack_nonces", "slack_links"):
        op.drop_table(table)
