"""Which machine takes messages to a chat, and the votes of a round where a channel has no polls."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    with op.batch_alter_table("chat_link", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "way",
                sqlmodel.sql.sqltypes.AutoString(length=500),
                server_default="",
                nullable=False,
            )
        )
    with op.batch_alter_table("huddle", schema=None) as batch_op:
        batch_op.add_column(sa.Column("votes", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("huddle", schema=None) as batch_op:
        batch_op.drop_column("votes")
    with op.batch_alter_table("chat_link", schema=None) as batch_op:
        batch_op.drop_column("way")
