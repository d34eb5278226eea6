"""Backups of PostgreSQL by its own tools, told as those of SQLite are."""

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import text

from quizbot.errors import Misconfigured, Refused
from quizbot.store.audit import TrailHead, head_in
from quizbot.store.database import Database
from quizbot.store.pooler import must_be_the_server

# What an address may say behind its ?, and what the server's own programs call it.
_NAMES = {
    "host": "PGHOST", "port": "PGPORT", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY", "connect_timeout": "PGCONNECT_TIMEOUT",
    "options": "PGOPTIONS",
}  # fmt: skip


def dump(database: Database, part: Path) -> TrailHead:
    """Write everything of one moment into a file; the trail's head at that moment."""
    engine = database.reader.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as connection:
        must_be_the_server(connection)
        moment = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        head = head_in(connection)
        run(
            database, "pg_dump", "--format=custom", "--no-owner", "--no-privileges",
            "--schema=public", f"--snapshot={moment}", f"--file={part}",
        )  # fmt: skip
    return head


def must_be_a_dump(database: Database, file: Path) -> None:
    """Refused unless it is a whole file of `pg_dump` with our tables in it."""
    try:
        listed = run(database, "pg_restore", "--list", str(file))
        run(database, "pg_restore", "--file=/dev/null", str(file))  # all of it, to its end
    except Refused:
        listed = ""
    if "TABLE DATA public alembic_version" not in listed:
        raise Refused(f"{file} is not a whole backup of PostgreSQL, so nothing was restored.")


def put_back(database: Database, file: Path) -> None:
    """Have all that is in it, in one transaction, and nothing of what was there."""
    database.dispose()
    with database.writing() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    run(
        database, "pg_restore", "--single-transaction", "--exit-on-error", "--schema=public",
        "--no-owner", "--no-privileges", f"--dbname={database.writer.url.database}", str(file),
    )  # fmt: skip
    database.dispose()


def run(database: Database, program: str, *given: str) -> str:
    """Run one of the server's programs on this database; what it printed."""
    found = shutil.which(program) or next(
        (str(p) for p in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))[::-1]), None
    )
    if found is None:
        raise Misconfigured(
            f"{program} is not installed here: install PostgreSQL's client programs (on Debian"
            " postgresql-client), of the server's version or newer."
        )
    done = subprocess.run(  # noqa: S603  (a program of the server's, with arguments of our own)
        [found, "--no-password", *given] if "--list" not in given else [found, *given],
        env={**os.environ, **_environment(database)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise Refused(f"{program} failed: {why}")
    return done.stdout


def _environment(database: Database) -> dict[str, str]:
    """How its programs reach it; a password is in no list of processes."""
    url = database.writer.url
    given = {
        "PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username,
        "PGPASSWORD": url.password, "PGDATABASE": url.database,
    }  # fmt: skip
    asked = {_NAMES[name]: value for name, value in url.query.items() if name in _NAMES}
    return {name: str(value) for name, value in {**given, **asked}.items() if value is not None}
