"""What was given out ends with its epoch, what was used stays used, a huddle is found again."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "link_used",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("used_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_used")),
    )
    op.execute("INSERT INTO link_used (id, used_at) SELECT id, linked_at FROM chat_link")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.add_column(sa.Column("epoch", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("made_by", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_sign_in_made_by"), "person", ["made_by"], ["id"])
    # Codes and slips that are in somebody's hands today go on working.
    op.execute(
        "UPDATE sign_in SET epoch ="
        " (SELECT sign_in_epoch FROM person WHERE person.id = sign_in.person_id)"
    )
    with op.batch_alter_table("huddle", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "moved_from",
                sqlmodel.sql.sqltypes.AutoString(length=64),
                nullable=False,
                server_default="",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("huddle", schema=None) as batch_op:
        batch_op.drop_column("moved_from")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_sign_in_made_by"), type_="foreignkey")
        batch_op.drop_column("made_by")
        batch_op.drop_column("epoch")
    op.drop_table("link_used")
