"""An attempt can be withdrawn; where its certificate was, it counts for nothing either."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "attempt_withdrawn",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_attempt_withdrawn_attempt_id")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["person.id"], name=op.f("fk_attempt_withdrawn_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_attempt_withdrawn")),
    )
    op.execute(
        "INSERT INTO attempt_withdrawn (attempt_id, withdrawn_at, withdrawn_by, reason)"
        " SELECT attempt_id, withdrawn_at, withdrawn_by, reason FROM certificate"
        " WHERE withdrawn_at IS NOT NULL"
    )
    op.execute("DELETE FROM standing_cache")  # worked out anew


def downgrade() -> None:
    op.drop_table("attempt_withdrawn")
