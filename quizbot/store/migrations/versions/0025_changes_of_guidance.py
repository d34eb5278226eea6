"""What leads do about changes of guidance, and who is to confirm them."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0025"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "change_action",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("change", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("action", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("whom", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("jobs", sa.Text(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("now", sa.Text(), nullable=False),
        sa.Column("matters", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("modules", sa.Text(), nullable=False),
        sa.Column("asked_in", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("has_read", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.CheckConstraint(
            "(action = 'ask') = (due_on IS NOT NULL)", name=op.f("ck_change_action_due")
        ),
        sa.CheckConstraint("action IN ('tell', 'ask')", name=op.f("ck_change_action_action")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_change_action_made_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_change_action_unit_id")),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["person.id"], name=op.f("fk_change_action_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_action")),
    )
    with op.batch_alter_table("change_action", schema=None) as batch_op:
        batch_op.create_index("ix_change_action_change", ["change"], unique=False)

    op.create_table(
        "to_confirm",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["change_action.id"], name=op.f("fk_to_confirm_action_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_to_confirm_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_to_confirm")),
    )
    with op.batch_alter_table("to_confirm", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_to_confirm_action_id"), ["action_id"], unique=False)
        batch_op.create_index(
            "ix_to_confirm_person_id_action_id", ["person_id", "action_id"], unique=False
        )


def downgrade() -> None:
    op.drop_table("to_confirm")
    op.drop_table("change_action")
