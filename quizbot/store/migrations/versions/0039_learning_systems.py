"""Learning systems that are connected, who came in from them, and where they want results."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.create_table(
        "lti_invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("word_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("domains", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("are_verified", sa.Boolean(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("used_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_invitation")),
        sa.UniqueConstraint("word_hash", name=op.f("uq_lti_invitation_word_hash")),
    )
    op.create_table(
        "lti_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("public", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sealed", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_key")),
    )
    op.create_table(
        "lti_platform",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("issuer", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("client_id", sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
        sa.Column("deployments", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("login_url", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("token_url", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("keys_url", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("audience", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("hosts", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("domains", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("are_verified", sa.Boolean(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_platform")),
        sa.UniqueConstraint("issuer", "client_id", name=op.f("uq_lti_platform_issuer_client_id")),
    )
    op.create_table(
        "lti_launch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("word_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("platform_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("told", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("used_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["lti_platform.id"], name=op.f("fk_lti_launch_platform_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_launch")),
        sa.UniqueConstraint("state_hash", name=op.f("uq_lti_launch_state_hash")),
        sa.UniqueConstraint("word_hash", name=op.f("uq_lti_launch_word_hash")),
    )
    op.create_table(
        "lti_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("target", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("platform_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
        sa.Column("line_item", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("module", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_lti_link_person_id")),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["lti_platform.id"], name=op.f("fk_lti_link_platform_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_link")),
        sa.UniqueConstraint(
            "platform_id",
            "subject",
            "line_item",
            name=op.f("uq_lti_link_platform_id_subject_line_item"),
        ),
        sa.UniqueConstraint("target", name=op.f("uq_lti_link_target")),
    )
    with op.batch_alter_table("lti_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lti_link_person_id"), ["person_id"], unique=False)

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "deployment",
                sqlmodel.sql.sqltypes.AutoString(length=255),
                nullable=False,
                server_default="",
            )
        )
        batch_op.drop_constraint(batch_op.f("uq_account_issuer_subject"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_account_issuer_deployment_subject"), ["issuer", "deployment", "subject"]
        )

    with op.batch_alter_table("account_waiting", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "deployment",
                sqlmodel.sql.sqltypes.AutoString(length=255),
                nullable=False,
                server_default="",
            )
        )
        batch_op.drop_constraint(batch_op.f("uq_account_waiting_issuer_subject"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_account_waiting_issuer_deployment_subject"),
            ["issuer", "deployment", "subject"],
        )


def downgrade() -> None:
    for table in ("account", "account_waiting"):  # what only a learning system vouched for
        op.execute(f"DELETE FROM {table} WHERE deployment <> ''")  # noqa: S608
    with op.batch_alter_table("account_waiting", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("uq_account_waiting_issuer_deployment_subject"), type_="unique"
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_account_waiting_issuer_subject"), ["issuer", "subject"]
        )
        batch_op.drop_column("deployment")

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_account_issuer_deployment_subject"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_account_issuer_subject"), ["issuer", "subject"]
        )
        batch_op.drop_column("deployment")

    with op.batch_alter_table("lti_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lti_link_person_id"))

    op.drop_table("lti_link")
    op.drop_table("lti_launch")
    op.drop_table("lti_platform")
    op.drop_table("lti_key")
    op.drop_table("lti_invitation")
