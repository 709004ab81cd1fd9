"""A database with an event log and the registry of projections, and handlers on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from clickhouse_driver import Client
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from eventstore.log import EventLog
from eventstore.migrate import migrate
from projections.clickhouse.store import ClickHouseStore
from projections.registry import MIGRATIONS
from tests.projections.making import History

Rows = Callable[..., list[dict[str, Any]]]
Ask = Callable[[str], list[tuple[Any, ...]]]


def execute(url: str, statement: str, *names: str) -> None:
    """One statement outside of any transaction, with quoted names."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@pytest.fixture(scope="session")
def readmodels_template(postgres_url: str) -> str:
    """Name of a migrated, empty database that tests copy."""
    name = f"projections_template_{uuid4().hex[:8]}"
    execute(postgres_url, "CREATE DATABASE {}", name)
    migrate(make_conninfo(postgres_url, dbname=name))
    migrate(make_conninfo(postgres_url, dbname=name), MIGRATIONS)
    return name


@pytest.fixture
def url(postgres_url: str, readmodels_template: str) -> Iterator[str]:
    """An empty database with the tables of the event log and of the registry."""
    name = f"projections_{uuid4().hex}"
    execute(postgres_url, "CREATE DATABASE {} TEMPLATE {}", name, readmodels_template)
    yield make_conninfo(postgres_url, dbname=name)
    execute(postgres_url, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def pool(url: str) -> Iterator[ConnectionPool]:
    with ConnectionPool(url, min_size=1, max_size=8) as opened:
        yield opened


@pytest.fixture
def log(pool: ConnectionPool) -> EventLog:
    return EventLog(pool)


@pytest.fixture
def history() -> History:
    return History()


@pytest.fixture
def rows(pool: ConnectionPool) -> Rows:
    """Rows of a query as dicts."""

    def ask(query: str, **values: Any) -> list[dict[str, Any]]:
        with pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query.encode(), values).fetchall()

    return ask


@pytest.fixture
def connect(clickhouse_url: str) -> Iterator[Callable[[], Client]]:
    """Makes clients, and disconnects them after the test."""
    made: list[Client] = []

    def new() -> Client:
        made.append(Client.from_url(clickhouse_url))
        return made[-1]

    yield new
    for client in made:
        client.disconnect()


@pytest.fixture
def analytics(pool: ConnectionPool, connect: Callable[[], Client]) -> Iterator[ClickHouseStore]:
    """Analytics in databases of this test's own."""
    name = f"analytics_{uuid4().hex[:12]}"
    yield ClickHouseStore(pool, connect, name=name)
    client = connect()
    for (database,) in client.execute(f"SELECT name FROM system.databases WHERE name LIKE '{name}%'"):
        client.execute(f"DROP DATABASE {database} SYNC")


@pytest.fixture
def ask(analytics: ClickHouseStore, connect: Callable[[], Client]) -> Callable[[str], list[tuple[Any, ...]]]:
    """Rows of a query on the stable views; `{db}` is their database."""
    client = connect()
    return lambda query: client.execute(query.replace("{db}", analytics.name))
