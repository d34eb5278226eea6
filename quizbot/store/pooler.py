"""Whether a PostgreSQL is reached through a pooler, which whole databases do not go through."""

import psycopg
from sqlalchemy import Connection, text

from quizbot.errors import Misconfigured

OURS = "set QUIZBOT_DATABASE_DIRECT to the address of the same database without it."
OTHER = "name the other database by its address without it."


def must_be_the_server(connection: Connection, advice: str = OURS) -> None:
    """Refused behind a pooler: what is set for one connection there stays for whoever is next.

    The server's own programs leave a `search_path` in which nobody finds a table, and a move would
    leave a connection that writes where nothing is to be kept any more.
    """
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        return  # a file
    at_work = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    if driver.info.backend_pid != at_work:  # a pooler tells each client a number of its own
        raise Misconfigured(
            f"This goes through a pooler such as PgBouncer, and nothing was done: {advice}"
        )
