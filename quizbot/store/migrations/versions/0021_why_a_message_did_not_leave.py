"""A message that did not leave carries the kind of its trouble beside the words."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0021"
down_revision = "0020"

# How the words of these troubles began until now; what is none of them can only be sent again.
WORDS = {
    "no-address": "there is no e-mail address",
    "trial": "trial: ",
    "full": "the mailbox is full",
    "wrong-address": "the address ",
}


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString(length=20)
    op.add_column("notice", sa.Column("reason", text, nullable=False, server_default=""))
    notice = sa.table("notice", sa.column("reason"), sa.column("trouble"))
    for reason, words in WORDS.items():
        is_it = notice.c.trouble.startswith(words)
        op.execute(notice.update().where(is_it).values(reason=reason))


def downgrade() -> None:
    op.drop_column("notice", "reason")
