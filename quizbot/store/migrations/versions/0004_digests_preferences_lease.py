"""Digests, preferences, and the lease of the worker."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("holder", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "preference",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("nudges", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_preference_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_preference")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("goes_alone", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
        batch_op.add_column(sa.Column("digest_id", sa.Uuid(), nullable=True))
        batch_op.add_column(
            sa.Column("settled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True)
        )
        batch_op.drop_index(batch_op.f("ix_notice_state_next_try_at"))
        batch_op.create_index(batch_op.f("ix_notice_digest_id"), ["digest_id"], unique=False)
        batch_op.create_index(
            "ix_notice_state_goes_alone_next_try_at",
            ["state", "goes_alone", "next_try_at"],
            unique=False,
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_notice_digest_id"), "notice", ["digest_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_notice_digest_id"), type_="foreignkey")
        batch_op.drop_index("ix_notice_state_goes_alone_next_try_at")
        batch_op.drop_index(batch_op.f("ix_notice_digest_id"))
        batch_op.create_index(
            batch_op.f("ix_notice_state_next_try_at"), ["state", "next_try_at"], unique=False
        )
        batch_op.drop_column("settled_at")
        batch_op.drop_column("digest_id")
        batch_op.drop_column("goes_alone")

    op.drop_table("preference")
    op.drop_table("lease")
