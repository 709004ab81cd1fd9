"""A database of its own for each test that wants one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from connectors.databases import scripts_of
from connectors.migrations import migrate
from connectors.postgres import Pool, open_pool
from services.inbound.ledger import InboundLedger
from services.tenancy.tenants import Tenants
from tests.databases import create, drop


@pytest.fixture(scope="session")
def new_database(postgres_url: str) -> Iterator[Callable[[], str]]:
    """Makes empty databases and drops them in the end; gives their URLs."""
    made: list[str] = []

    def make() -> str:
        made.append(create(postgres_url))
        return made[-1]

    yield make
    for url in made:
        drop(postgres_url, url)


@pytest.fixture(scope="session")
def services_pool(new_database: Callable[[], str]) -> Iterator[Pool]:
    """A pool on one migrated database for the services' tests, which empty its tables."""
    url = new_database()
    migrate(url, scripts_of("services.tenancy"))
    migrate(url, scripts_of("services.inbound"))
    with open_pool(url, name="services-tests", size=4) as pool:
        yield pool


@pytest.fixture
def pool(services_pool: Pool) -> Pool:
    """The same pool, with empty tables."""
    with services_pool.connection() as connection:
        connection.execute("TRUNCATE tenants, inbound_partitions, inbound_topics, inbound_runs, inbound_rejections")
    return services_pool


@pytest.fixture
def tenants(pool: Pool) -> Tenants:
    return Tenants(pool)


@pytest.fixture
def ledger(pool: Pool) -> InboundLedger:
    return InboundLedger(pool)
