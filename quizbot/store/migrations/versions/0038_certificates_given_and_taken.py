"""Certificates as credentials: our keys, issuers who are trusted, and what people brought."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    op.create_table(
        "passport_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("public", sqlmodel.sql.sqltypes.AutoString(length=43), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("withdrawn_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passport_key")),
    )
    op.create_table(
        "trusted_issuer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.Column("keys_url", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("keys_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("at_once", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["person.id"], name=op.f("fk_trusted_issuer_ended_by")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_trusted_issuer_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trusted_issuer")),
    )
    with op.batch_alter_table("trusted_issuer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trusted_issuer_made_by"), ["made_by"], unique=False)
        batch_op.create_index(
            "uq_trusted_issuer_open",
            ["issuer"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "brought_certificate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("print", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("module", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("doubt", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("brought_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)",
            name=op.f("ck_brought_certificate_decided"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'recognised', 'refused')",
            name=op.f("ck_brought_certificate_state"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_brought_certificate_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["issuer_id"], ["trusted_issuer.id"], name=op.f("fk_brought_certificate_issuer_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_brought_certificate_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brought_certificate")),
        sa.UniqueConstraint("print", name=op.f("uq_brought_certificate_print")),
    )
    with op.batch_alter_table("brought_certificate", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_brought_certificate_decided_by"), ["decided_by"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_brought_certificate_person_id"), ["person_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("brought_certificate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_brought_certificate_person_id"))
        batch_op.drop_index(batch_op.f("ix_brought_certificate_decided_by"))

    op.drop_table("brought_certificate")
    with op.batch_alter_table("trusted_issuer", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_trusted_issuer_open",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_trusted_issuer_made_by"))

    op.drop_table("trusted_issuer")
    op.drop_table("passport_key")
