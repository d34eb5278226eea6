"""What was counted for the board."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "board_figure",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("module", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("item", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("agency", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("of_people", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('standing', 'objective', 'belief')",
            name=op.f("ck_board_figure_kind"),
        ),
        sa.PrimaryKeyConstraint(
            "month", "module", "kind", "item", "agency", name=op.f("pk_board_figure")
        ),
    )


def downgrade() -> None:
    op.drop_table("board_figure")
