"""The turns of conversations, and the account records that were imported."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "turns",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("conversation", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account", sa.String(64)),
        sa.Column("user", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("answer_id", sa.String(64), nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("context", sa.JSON, nullable=False),
        sa.UniqueConstraint("conversation", "key", name="turns_conversation_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("turns_answer_id", "turns", ["answer_id"])
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Remove both tables, with all that is in them."""
    op.drop_table("accounts")
    op.drop_table("turns")
