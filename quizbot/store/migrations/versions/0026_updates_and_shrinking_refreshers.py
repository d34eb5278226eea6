"""An attempt may be an update, which asks of changes alone; a rule's refresher may shrink."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

OPEN = sa.text("submitted_at IS NULL AND abandoned_at IS NULL")


def upgrade() -> None:
    op.add_column("attempt", sa.Column("scope", sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "requirement",
        sa.Column("refresher", sa.String(length=10), nullable=False, server_default="full"),
    )
    _drop()
    _make(["person_id", "module", "mode", "scope"])


def downgrade() -> None:
    op.drop_column("requirement", "refresher")
    _drop()
    # Nothing would tell them from whole attempts any more.
    for_updates = "WHERE attempt_id IN (SELECT id FROM attempt WHERE scope <> '')"
    for part in ("DELETE FROM answer ", "DELETE FROM attempt_withdrawn "):
        op.execute(part + for_updates)
    op.execute("DELETE FROM attempt WHERE scope <> ''")
    op.drop_column("attempt", "scope")
    _make(["person_id", "module", "mode"])


def _drop() -> None:
    op.drop_index("uq_attempt_open_person", "attempt")
    op.drop_index("ix_attempt_person_module", "attempt")


def _make(alike: list[str]) -> None:
    op.create_index(
        "uq_attempt_open_person",
        "attempt",
        alike,
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index("ix_attempt_person_module", "attempt", [*alike, "submitted_at"])
