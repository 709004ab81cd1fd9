"""A database with an event log and the registry of projections, and handlers on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from clickhouse_driver import Client
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from connectors.databases import scripts_of
from connectors.migrations import migrate
from eventstore.log import EventLog
from projections.clickhouse.clickhouse_store import ClickHouseStore
from tests.databases import create, database, name_of
from tests.projections.making import History

Rows = Callable[..., list[dict[str, Any]]]
Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="session")
def readmodels_template(postgres_url: str) -> str:
    """Name of a migrated, empty database that tests copy."""
    url = create(postgres_url)
    migrate(url, scripts_of("eventstore"))
    migrate(url, scripts_of("projections"))
    return name_of(url)


@pytest.fixture
def url(postgres_url: str, readmodels_template: str) -> Iterator[str]:
    """An empty database with the tables of the event log and of the registry."""
    with database(postgres_url, readmodels_template) as made:
        yield made


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
    for (left,) in client.execute(f"SELECT name FROM system.databases WHERE name LIKE '{name}%'"):
        client.execute(f"DROP DATABASE {left} SYNC")


@pytest.fixture
def ask(analytics: ClickHouseStore, connect: Callable[[], Client]) -> Callable[[str], list[tuple[Any, ...]]]:
    """Rows of a query on the stable views; `{db}` is their database."""
    client = connect()
    return lambda query: client.execute(query.replace("{db}", analytics.name))
