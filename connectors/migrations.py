"""Applying the SQL migrations, safely from several processes at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import psycopg
import psycopg.errors
from psycopg.conninfo import conninfo_to_dict
from yoyo import read_migrations
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.connections import DatabaseURI

from connectors.sql import statement
from schemas.errors import TransientError, Unavailable
from telemetry.error_text import named_text

LOCK = "reviewstream migrations"
PATIENCE = 15.0
"""Seconds that a migration waits for a table: other transactions queue behind the migration meanwhile."""


def migrate(url: str, scripts: Path, *, patience: float = PATIENCE) -> int:
    """Apply the migrations in `scripts` that the database at `url` lacks; returns how many were applied.

    `url` is any PostgreSQL connection string. Idempotent; concurrent callers take turns.
    Raises Unavailable when the server cannot be reached, TransientError when a table was in use for `patience` seconds.
    """
    with advisory_lock(url, LOCK), _backend(url, patience) as backend:
        # We hold the advisory lock, which a dead process cannot keep: a row in yoyo's own lock table is stale.
        backend.break_lock()
        missing = backend.to_apply(read_migrations(str(scripts)))
        try:
            backend.apply_migrations(missing)
        except psycopg.errors.LockNotAvailable as error:
            raise TransientError(
                f"a migration of {scripts.parent.name} waited {patience:g} s for a table that a long transaction uses: "
                "it was not applied; end that transaction, or try again later"
            ) from error
        return len(missing)


def known(scripts: Path) -> list[str]:
    """The ids of the migrations in `scripts`, in their order."""
    return sorted(path.stem for path in scripts.glob("*.sql"))


def applied(url: str) -> list[str]:
    """The ids of all migrations applied to the database at `url`, in order; changes nothing."""
    with _connected(url) as connection:
        try:
            return [row[0] for row in connection.execute(statement(__package__, "migrations_applied"))]
        except psycopg.errors.UndefinedTable:
            return []


@contextmanager
def advisory_lock(url: str, lock: str) -> Iterator[None]:
    """Hold the advisory lock of that name in the database at `url`, waiting for it. Raises Unavailable."""
    with _connected(url) as connection:
        connection.execute(statement(__package__, "hold_migrations"), {"lock": lock})
        yield


def _connected(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    try:
        return psycopg.connect(url, autocommit=True)
    except psycopg.OperationalError as error:
        raise Unavailable(
            f"cannot migrate, PostgreSQL does not answer: {named_text(error)}; start it or correct the URL"
        ) from error


def _backend(url: str, patience: float) -> PostgresqlPsycopgBackend:
    """Parsed by libpq and not by yoyo, which knows neither sockets nor escapes in host and database names.

    `patience` is passed in the options because yoyo applies each migration on a new connection.
    """
    parts = cast("dict[str, str]", conninfo_to_dict(url))
    parts["options"] = f"{parts.get('options', '')} -c lock_timeout={int(patience * 1000)}".strip()
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
