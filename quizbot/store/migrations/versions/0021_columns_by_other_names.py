"""What the columns of people files are called elsewhere."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0021"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "column_name",
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("means", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.PrimaryKeyConstraint("title", name=op.f("pk_column_name")),
    )


def downgrade() -> None:
    op.drop_table("column_name")
