"""Runs the queries on PostgreSQL."""

from __future__ import annotations

from typing import Any, TypeVar

from psycopg.rows import class_row
from psycopg_pool import ConnectionPool

from projections.statements import statement
from schemas.errors import InvalidInput

T = TypeVar("T")
MOST = 500


def ask(pool: ConnectionPool[Any], answer: type[T], name: str, values: dict[str, Any]) -> list[T]:
    """Rows of `projections/queries/sql/<name>.sql` as instances of `answer`."""
    with pool.connection() as connection, connection.cursor(row_factory=class_row(answer)) as cursor:
        # Never prepared: unused filters must vanish from the plan, so each call is planned separately.
        found: list[T] = cursor.execute(statement(f"queries/sql/{name}"), values, prepare=False).fetchall()
        return found


def check_limit(limit: int) -> None:
    """Raises InvalidInput outside of 1 to 500."""
    if not 1 <= limit <= MOST:
        raise InvalidInput(f"limit: {limit} is not between 1 and {MOST}", field="limit")
