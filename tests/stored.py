"""What a database holds, in one order: without one asked for, rows come as they happen to lie."""

from typing import Any

from sqlalchemy import ColumnElement, Row, Table, select

from quizbot.service import Service


def rows(service: Service, table: Table, *conditions: ColumnElement[bool]) -> list[Row[Any]]:
    """The rows of a table of which all conditions hold, in the order of its key."""
    query = select(table).where(*conditions).order_by(*table.primary_key.columns)
    with service.database.reading() as connection:
        return list(connection.execute(query))
