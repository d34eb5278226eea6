"""Runs migrations on the connection that is handed over."""

from alembic import context
from sqlmodel import SQLModel

from quizbot.store import tables  # noqa: F401  (the metadata is filled by importing it)

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
