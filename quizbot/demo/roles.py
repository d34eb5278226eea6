"""Whom a demonstration's first page lets anybody be, and whether a database is one."""

from sqlalchemy import select

from quizbot.store.database import Database
from quizbot.store.tables import audit

ROLES = {
    "practitioner": "practitioner@northmoor.example",
    "manager": "manager@northmoor.example",
    "lead": "lead@northmoor.example",
}


def is_demo(database: Database) -> bool:
    """Whether this database was made for a demonstration and for nothing else."""
    with database.reading() as connection:
        first = connection.execute(
            select(audit.c.number).where(audit.c.action == "demo.fill").limit(1)
        ).first()
    return first is not None
