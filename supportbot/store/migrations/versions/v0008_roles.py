"""The asker's role beside each turn, so that a draft shows them what they may see."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make room for the role; of older turns it is not known."""
    op.add_column("turns", sa.Column("role", sa.String(16)))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("turns", "role")
