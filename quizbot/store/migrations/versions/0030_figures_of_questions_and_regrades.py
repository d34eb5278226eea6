"""What was counted of questions; decisions on questions found faulty, and what they made right."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.create_table(
        "item_figure",
        sa.Column("module", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column(
            "content_fingerprint", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False
        ),
        sa.Column("counted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("module", "content_fingerprint", name=op.f("pk_item_figure")),
    )
    op.create_table(
        "regrade",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("module", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("question_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("print", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("decision", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("reply", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("done_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("(decision = 'key') = (reply <> '')", name=op.f("ck_regrade_reply")),
        sa.CheckConstraint(
            "decision IN ('credit', 'drop', 'key')", name=op.f("ck_regrade_decision")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_regrade_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regrade")),
        sa.UniqueConstraint(
            "module",
            "question_id",
            "print",
            "decision",
            "reply",
            name=op.f("uq_regrade_module_question_id_print_decision_reply"),
        ),
    )
    op.create_table(
        "regrade_edition",
        sa.Column("regrade_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_regrade_edition_edition_id")
        ),
        sa.ForeignKeyConstraint(
            ["regrade_id"], ["regrade.id"], name=op.f("fk_regrade_edition_regrade_id")
        ),
        sa.PrimaryKeyConstraint("regrade_id", "edition_id", name=op.f("pk_regrade_edition")),
    )
    with op.batch_alter_table("regrade_edition", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_regrade_edition_edition_id"), ["edition_id"], unique=False
        )

    op.create_table(
        "regraded",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("effect", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("regrade_id", sa.Uuid(), nullable=False),
        sa.Column("objective", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("regraded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("effect IN ('right', 'out')", name=op.f("ck_regraded_effect")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_regraded_attempt_id")
        ),
        sa.ForeignKeyConstraint(
            ["regrade_id"], ["regrade.id"], name=op.f("fk_regraded_regrade_id")
        ),
        sa.PrimaryKeyConstraint("attempt_id", "question_id", "effect", name=op.f("pk_regraded")),
    )
    with op.batch_alter_table("regraded", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_regraded_regrade_id"), ["regrade_id"], unique=False)


def downgrade() -> None:
    for table in ("regraded", "regrade_edition", "regrade", "item_figure"):
        op.drop_table(table)
