"""Codes are counted by the place they were asked from too."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:

    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("place_key", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True)
        )
        batch_op.create_index(
            "ix_sign_in_place_key_made_at", ["place_key", "made_at"], unique=False
        )


def downgrade() -> None:

    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_place_key_made_at")
        batch_op.drop_column("place_key")
