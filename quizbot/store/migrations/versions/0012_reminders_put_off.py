"""Reminders may be put off."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("preference", sa.Column("snoozed_until", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("preference", "snoozed_until")
