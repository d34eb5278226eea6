"""Recognised learning is carried on from its day: dates worked out before are made anew."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.execute("DELETE FROM standing_cache")


def downgrade() -> None:
    pass  # they are worked out from the facts whenever they are missing
