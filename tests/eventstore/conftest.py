"""A migrated event log of its own for each test, on the session's server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from psycopg_pool import ConnectionPool

from connectors.databases import scripts_of
from connectors.migrations import migrate
from connectors.postgres import open_pool
from eventstore.log import EventLog
from tests.databases import create, database, name_of


@pytest.fixture(scope="session")
def template(postgres_url: str) -> str:
    """Name of a migrated, empty database that tests copy."""
    url = create(postgres_url)
    migrate(url, scripts_of("eventstore"))
    return name_of(url)


@pytest.fixture
def url(postgres_url: str, template: str) -> Iterator[str]:
    """A migrated, empty database."""
    with database(postgres_url, template) as made:
        yield made


@pytest.fixture
def empty_url(postgres_url: str) -> Iterator[str]:
    """A database without any tables."""
    with database(postgres_url) as made:
        yield made


@pytest.fixture
def pool(url: str) -> Iterator[ConnectionPool]:
    with open_pool(url, name="test", size=12) as opened:
        yield opened


@pytest.fixture
def log(pool: ConnectionPool) -> EventLog:
    return EventLog(pool)
