"""What helpdesks told us, to be answered with a note once."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "desk_events",
        sa.Column("key", sa.String(160), primary_key=True),
        sa.Column("desk", sa.String(32), nullable=False),
        sa.Column("ticket", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("due", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )
    op.create_index("desk_events_state", "desk_events", ["state", "due"])


def downgrade() -> None:
    """Remove the table, with all that is in it."""
    op.drop_table("desk_events")
