"""Practice has no verdict and no share, so that nothing can ever count it."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.execute("UPDATE attempt SET passed = NULL, share = NULL WHERE mode = 'practice'")


def downgrade() -> None:
    pass  # what practice came to is in its answers
