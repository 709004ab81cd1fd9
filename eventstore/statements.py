"""SQL statements, one per file in eventstore/sql, read by name."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def statement(name: str) -> bytes:
    """The SQL of `eventstore/sql/<name>.sql`."""
    return files("eventstore").joinpath("sql", f"{name}.sql").read_bytes()
