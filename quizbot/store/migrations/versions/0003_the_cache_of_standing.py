"""The cache of standing."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "standing_cache",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("module", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("holds_to", sa.Date(), nullable=False),
        sa.Column("paused_from", sa.Date(), nullable=True),
        sa.Column("paused_to", sa.Date(), nullable=True),
        sa.Column("exempt_from", sa.Date(), nullable=True),
        sa.Column("exempt_to", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("lapses_after", sa.Date(), nullable=True),
        sa.Column("renew_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("passed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_standing_cache_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "module", name=op.f("pk_standing_cache")),
    )
    with op.batch_alter_table("standing_cache", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standing_cache_holds_to"), ["holds_to"], unique=False)
        batch_op.create_index(
            "ix_standing_cache_module_person_id", ["module", "person_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("standing_cache", schema=None) as batch_op:
        batch_op.drop_index("ix_standing_cache_module_person_id")
        batch_op.drop_index(batch_op.f("ix_standing_cache_holds_to"))

    op.drop_table("standing_cache")
