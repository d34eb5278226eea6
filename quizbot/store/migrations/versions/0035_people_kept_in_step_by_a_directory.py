"""People kept in step by a directory: its tokens, users, groups, and how far it was taken in."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0035"
down_revision = "0032"

Words = sqlmodel.sql.sqltypes.AutoString
Instant = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        "scim_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", Words(length=100), nullable=False),
        sa.Column("hash", Words(length=64), nullable=False),
        sa.Column("last_four", Words(length=4), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("used_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_scim_token_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scim_token")),
        sa.UniqueConstraint("hash", name=op.f("uq_scim_token_hash")),
    )
    op.create_table(
        "scim_user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_key", Words(length=300), nullable=False),
        sa.Column("external_id", Words(length=300), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_deleted", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_scim_user_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scim_user")),
        sa.UniqueConstraint("user_key", name=op.f("uq_scim_user_user_key")),
    )
    with op.batch_alter_table("scim_user", schema=None) as batch_op:
        batch_op.create_index("ix_scim_user_person_id", ["person_id"], unique=False)
        batch_op.create_index("ix_scim_user_external_id", ["external_id"], unique=False)
    op.create_table(
        "scim_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name_key", Words(length=1000), nullable=False),
        sa.Column("name", Words(length=1000), nullable=False),
        sa.Column("external_id", Words(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scim_group")),
        sa.UniqueConstraint("name_key", name=op.f("uq_scim_group_name_key")),
    )
    with op.batch_alter_table("scim_group", schema=None) as batch_op:
        batch_op.create_index("ix_scim_group_external_id", ["external_id"], unique=False)
    op.create_table(
        "scim_member",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["scim_group.id"], name=op.f("fk_scim_member_group_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["scim_user.id"], name=op.f("fk_scim_member_user_id")),
        sa.PrimaryKeyConstraint("group_id", "user_id", name=op.f("pk_scim_member")),
    )
    with op.batch_alter_table("scim_member", schema=None) as batch_op:
        batch_op.create_index("ix_scim_member_user_id", ["user_id"], unique=False)
    op.create_table(
        "scim_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=True),
        sa.Column("first_change_at", Instant(), nullable=True),
        sa.Column("taken_at", Instant(), nullable=True),
        sa.Column("fault", Words(length=500), nullable=False),
        sa.Column("fault_at", Instant(), nullable=True),
        sa.Column("held", Words(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scim_state")),
    )


def downgrade() -> None:
    for table in ("scim_state", "scim_member", "scim_group", "scim_user", "scim_token"):
        op.drop_table(table)
