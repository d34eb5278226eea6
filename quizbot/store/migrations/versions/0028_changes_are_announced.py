"""Of what people were told of a change of guidance it is known when messages of it were owed."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.add_column("change_action", sa.Column("announced_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("change_action", "announced_on")
