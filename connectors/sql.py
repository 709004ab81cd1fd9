"""SQL statements live in .sql files beside the code that runs them, one per file, and are read by name."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def statement(package: str, name: str) -> bytes:
    """The SQL of `<package>/sql/<name>.sql`. Raises FileNotFoundError for a name that has no file."""
    return files(package).joinpath("sql", f"{name}.sql").read_bytes()
