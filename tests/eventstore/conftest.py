"""A migrated event log of its own for each test, on the session's server."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg_pool import ConnectionPool

from connectors.postgres import open_pool
from eventstore.log import EventLog
from eventstore.migrate import migrate


@pytest.fixture(scope="session")
def template(postgres_url: str) -> str:
    """Name of a migrated, empty database that tests copy."""
    name = f"eventstore_template_{uuid4().hex[:8]}"
    execute(postgres_url, "CREATE DATABASE {}", name)
    migrate(make_conninfo(postgres_url, dbname=name))
    return name


@pytest.fixture
def url(postgres_url: str, template: str) -> Iterator[str]:
    """A migrated, empty database."""
    name = f"eventstore_{uuid4().hex}"
    execute(postgres_url, "CREATE DATABASE {} TEMPLATE {}", name, template)
    yield make_conninfo(postgres_url, dbname=name)
    execute(postgres_url, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def empty_url(postgres_url: str) -> Iterator[str]:
    """A database without any tables."""
    name = f"eventstore_{uuid4().hex}"
    execute(postgres_url, "CREATE DATABASE {}", name)
    yield make_conninfo(postgres_url, dbname=name)
    execute(postgres_url, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def pool(url: str) -> Iterator[ConnectionPool]:
    with open_pool(url, name="test", size=12) as opened:
        yield opened


@pytest.fixture
def log(pool: ConnectionPool) -> EventLog:
    return EventLog(pool)


def execute(url: str, statement: str, *names: str) -> None:
    """One statement outside of any transaction, with quoted names."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
