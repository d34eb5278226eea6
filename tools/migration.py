"""Writes the next migration from what changed in tables.py.

python -m tools.migration "what is new"
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from quizbot.store import migrate
from quizbot.store.database import open_database


def write(message: str) -> Path | None:
    """Compare the tables with what the migrations build in a new database; None when they agree."""
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/empty.db")
        try:
            migrate.upgrade(database)
            if not migrate.differences(database):
                return None
            number = f"{int(migrate.newest()) + 1:04d}"
            with database.writer.begin() as connection:
                command.revision(
                    migrate.config(connection), message, rev_id=number, autogenerate=True
                )
        finally:
            database.dispose()
    (path,) = (migrate.FOLDER / "versions").glob(f"{number}_*.py")
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", path], check=True)
    return path


def main(message: str) -> str | None:
    """Write it and say where."""
    if not message:
        return 'Say what is new, as in: make migration name="certificates"'
    path = write(message)
    if path is None:
        return "The migrations build the tables as they are: there is nothing to write."
    print(f"{path.relative_to(Path.cwd())} is written: read it, and mend what was guessed wrong.")
    return None


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:]).strip()))
