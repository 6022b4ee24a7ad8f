"""Drafts with what became of them, and who holds a hand-off."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, and room for the holder and for what a helpdesk told."""
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(320)),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("account", sa.String(64)),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("outcome", sa.String(16)),
        sa.Column("distance", sa.Float),
        sa.Column("reason", sa.String(32)),
        sa.Column("sent", sa.Text),
        sa.Column("settled_at", INSTANT),
        sa.Column("settled_by", sa.String(320)),
    )
    op.create_index("drafts_subject", "drafts", ["kind", "subject"])
    op.create_index("drafts_at", "drafts", ["at"])
    op.create_table(
        "draft_ratings",
        sa.Column("draft", sa.String(64), primary_key=True),
        sa.Column("source", sa.Integer, primary_key=True),
        sa.Column("agent", sa.String(320), primary_key=True),
        sa.Column("helpful", sa.Boolean, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )
    op.create_index("turns_asked_at", "turns", ["asked_at", "outcome"])
    op.add_column("handoffs", sa.Column("holder", sa.String(320)))
    op.add_column("desk_events", sa.Column("told", sa.JSON))


def downgrade() -> None:
    """Remove them, with all that is in them."""
    op.drop_column("desk_events", "told")
    op.drop_column("handoffs", "holder")
    op.drop_index("turns_asked_at", "turns")
    op.drop_table("draft_ratings")
    op.drop_index("drafts_at", "drafts")
    op.drop_index("drafts_subject", "drafts")
    op.drop_table("drafts")
