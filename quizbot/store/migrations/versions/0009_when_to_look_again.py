"""When to look again."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    with op.batch_alter_table("standing_cache", schema=None) as batch_op:
        batch_op.add_column(sa.Column("look_on", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("standing_cache", schema=None) as batch_op:
        batch_op.drop_column("look_on")
