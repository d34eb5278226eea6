"""When issuers elsewhere were asked again about what was recognised, and what they withdrew."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    with op.batch_alter_table("brought_certificate", schema=None) as batch_op:
        batch_op.add_column(sa.Column("granted_id", sa.Uuid(), nullable=True))
        batch_op.add_column(
            sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True)
        )
        batch_op.add_column(
            sa.Column("tried_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True)
        )
        batch_op.add_column(
            sa.Column("withdrawn_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True)
        )


def downgrade() -> None:
    with op.batch_alter_table("brought_certificate", schema=None) as batch_op:
        batch_op.drop_column("withdrawn_at")
        batch_op.drop_column("tried_at")
        batch_op.drop_column("asked_at")
        batch_op.drop_column("granted_id")
