"""Applying the SQL migrations, safely from several processes at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import psycopg
from psycopg.conninfo import conninfo_to_dict
from yoyo import read_migrations
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.connections import DatabaseURI

from schemas.errors import Unavailable

MIGRATIONS = Path(__file__).with_name("migrations")
_LOCK = "SELECT pg_advisory_lock(hashtextextended('reviewstream migrations', 0))"


def migrate(url: str, scripts: Path = MIGRATIONS) -> int:
    """Apply the migrations in `scripts` that the database at `url` lacks; returns how many were applied.

    `url` is any PostgreSQL connection string. Idempotent; processes that call at once take turns.
    Raises Unavailable when the server cannot be reached.
    """
    with _one_at_a_time(url), _backend(url) as backend:
        # We hold the advisory lock, which a dead process cannot keep: a row in yoyo's own lock table is stale.
        backend.break_lock()
        missing = backend.to_apply(read_migrations(str(scripts)))
        backend.apply_migrations(missing)
        return len(missing)


@contextmanager
def _one_at_a_time(url: str) -> Iterator[None]:
    try:
        connection = psycopg.connect(url, autocommit=True)
    except psycopg.OperationalError as error:
        raise Unavailable(
            f"cannot migrate, PostgreSQL does not answer: {error}; start it or correct the URL"
        ) from error
    with connection:
        connection.execute(_LOCK)
        yield


def _backend(url: str) -> PostgresqlPsycopgBackend:
    """Parsed by libpq and not by yoyo, which knows neither sockets nor escapes in host and database names."""
    parts = cast("dict[str, str]", conninfo_to_dict(url))
    uri = DatabaseURI(
        scheme="postgresql+psycopg",
        username=parts.pop("user", None),
        password=parts.pop("password", None),
        hostname=parts.pop("host", None),
        port=parts.pop("port", None),
        database=parts.pop("dbname", None),
        args=parts,
    )
    backend = PostgresqlPsycopgBackend(uri, "_yoyo_migration")
    backend.init_database()
    return backend
