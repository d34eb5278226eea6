"""When messages of a change were owed; the board counts who has confirmed it."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

BEFORE = "kind IN ('standing', 'objective', 'belief')"
SINCE = "kind IN ('standing', 'objective', 'belief', 'confirmed', 'later')"


def upgrade() -> None:
    op.add_column("change_action", sa.Column("announced_on", sa.Date(), nullable=True))
    _allow(SINCE)


def downgrade() -> None:
    op.execute("DELETE FROM board_figure WHERE kind NOT IN ('standing', 'objective', 'belief')")
    _allow(BEFORE)
    op.drop_column("change_action", "announced_on")


def _allow(kinds: str) -> None:
    """Which kinds of figures there may be."""
    with op.batch_alter_table("board_figure") as batch_op:
        batch_op.drop_constraint(op.f("ck_board_figure_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_board_figure_kind"), kinds)
