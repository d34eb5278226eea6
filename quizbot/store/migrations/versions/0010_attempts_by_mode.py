"""Attempts are found by mode too."""

from alembic import op

revision = "0010"
down_revision = "0009"

NAME = "ix_attempt_person_module"


def upgrade() -> None:
    op.drop_index(NAME, "attempt")
    op.create_index(NAME, "attempt", ["person_id", "module", "mode", "submitted_at"])


def downgrade() -> None:
    op.drop_index(NAME, "attempt")
    op.create_index(NAME, "attempt", ["person_id", "module", "submitted_at"])
