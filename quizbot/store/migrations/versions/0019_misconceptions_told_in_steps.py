"""Misconceptions are told in coarse steps, of attempts that are counted once."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "belief_figure",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("agency", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("module", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("objective", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("misconception", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("is_common", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "month",
            "agency",
            "module",
            "objective",
            "misconception",
            name=op.f("pk_belief_figure"),
        ),
    )
    op.add_column("attempt_objective", sa.Column("counted_on", sa.Date(), nullable=True))
    # Counts to the person, from which two days could be subtracted.
    op.execute("DELETE FROM board_figure WHERE kind = 'belief'")


def downgrade() -> None:
    op.drop_column("attempt_objective", "counted_on")
    op.drop_table("belief_figure")
