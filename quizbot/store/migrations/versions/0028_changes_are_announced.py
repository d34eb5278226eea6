"""When a change was announced, who has confirmed it, and whether a pass changed practice."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

BEFORE = "kind IN ('standing', 'objective', 'belief')"
SINCE = "kind IN ('standing', 'objective', 'belief', 'confirmed', 'later')"


def upgrade() -> None:
    op.add_column("change_action", sa.Column("announced_on", sa.Date(), nullable=True))
    _allow(SINCE)
    op.create_table(
        "later_ask",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("module", sa.String(length=64), nullable=False),
        sa.Column("agency", sa.String(length=1000), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'answered', 'declined')", name=op.f("ck_later_ask_state")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_later_ask_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_later_ask")),
    )
    op.create_index("ix_later_ask_person_id_asked_on", "later_ask", ["person_id", "asked_on"])
    op.create_table(
        "later_count",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("module", sa.String(length=64), nullable=False),
        sa.Column("agency", sa.String(length=1000), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "module", "agency", "item", name=op.f("pk_later_count")),
    )


def downgrade() -> None:
    op.drop_table("later_count")
    op.drop_table("later_ask")
    op.execute("DELETE FROM board_figure WHERE kind NOT IN ('standing', 'objective', 'belief')")
    _allow(BEFORE)
    op.drop_column("change_action", "announced_on")


def _allow(kinds: str) -> None:
    """Which kinds of figures there may be."""
    with op.batch_alter_table("board_figure") as batch_op:
        batch_op.drop_constraint(op.f("ck_board_figure_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_board_figure_kind"), kinds)
