"""SQL of this package, one statement or script per .sql file, read by its path below projections/."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from psycopg import sql


@cache
def text(path: str) -> str:
    """The text of `projections/<path>.sql`."""
    return files("projections").joinpath(*f"{path}.sql".split("/")).read_text(encoding="utf-8")


@cache
def statement(path: str) -> bytes:
    """The same as bytes, which psycopg executes unchanged."""
    return text(path).encode()


@cache
def in_schema(path: str, schema: str) -> sql.Composed:
    """The same with `{schema}` replaced by the quoted name of a PostgreSQL schema."""
    return sql.SQL(text(path)).format(schema=sql.Identifier(schema))


@cache
def on_table(path: str, schema: str, table: str) -> sql.Composed:
    """The same with `{table}` replaced by the quoted, qualified name of a table."""
    return sql.SQL(text(path)).format(table=sql.Identifier(schema, table))
