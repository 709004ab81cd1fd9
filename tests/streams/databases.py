"""Databases of a test's own on the session's PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from eventstore.migrate import MIGRATIONS as EVENTSTORE
from eventstore.migrate import migrate
from services.inbound.ledger import MIGRATIONS as INBOUND
from services.tenancy.tenants import MIGRATIONS as TENANCY


def migrated(server: str) -> str:
    """The name of a new database with the tables of event log, ledger and tenancy, to be copied."""
    name = f"streams_template_{uuid4().hex[:8]}"
    _execute(server, "CREATE DATABASE {}", name)
    for migrations in (EVENTSTORE, INBOUND, TENANCY):
        migrate(make_conninfo(server, dbname=name), migrations)
    return name


@contextmanager
def database(server: str, template: str = "template1") -> Iterator[str]:
    """The URL of a copy of that template."""
    name = f"streams_{uuid4().hex}"
    _execute(server, "CREATE DATABASE {} TEMPLATE {}", name, template)
    try:
        yield make_conninfo(server, dbname=name)
    finally:
        _execute(server, "DROP DATABASE {} WITH (FORCE)", name)


def _execute(url: str, statement: str, *names: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
