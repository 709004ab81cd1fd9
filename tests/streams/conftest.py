"""The real parts that a step works with, on databases of each test's own."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator

import pytest

from connectors.kafka import ConfirmingProducer, create_topics
from connectors.postgres import Pool, open_pool
from embedded.datadir import DataDir
from embedded.kafka import Kafka
from eventstore.log import EventLog
from services.inbound.ledger import InboundLedger
from services.tenancy.directory import TenantDirectory
from services.tenancy.tenants import Tenant, Tenants
from streams.dead_letters.producer import DeadLetterProducer
from streams.runtime.reviews import Reviews
from streams.topics import DEADLETTER, all_topics
from tests.databases import database
from tests.servers import running
from tests.streams.databases import migrated
from tests.streams.pipeline import Pipeline
from tests.streams.topics import Topic
from tests.streams.workers import Child

PARTITIONS = 4


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """A test that is a coroutine function runs in an event loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.fixture(scope="session")
def streams_template(postgres_url: str) -> str:
    return migrated(postgres_url)


@pytest.fixture
def url(postgres_url: str, streams_template: str) -> Iterator[str]:
    with database(postgres_url, streams_template) as url:
        yield url


@pytest.fixture
def pool(url: str) -> Iterator[Pool]:
    with open_pool(url, name="test", size=6) as opened:
        yield opened


@pytest.fixture(scope="module")
def shared_pool(postgres_url: str, streams_template: str) -> Iterator[Pool]:
    """One database for all tests of a module that can bear each other's rows."""
    with database(postgres_url, streams_template) as url, open_pool(url, name="test", size=6) as opened:
        yield opened


@pytest.fixture
def log(pool: Pool) -> EventLog:
    return EventLog(pool)


@pytest.fixture
def reviews(log: EventLog) -> Reviews:
    return Reviews(log)


@pytest.fixture
def ledger(pool: Pool) -> InboundLedger:
    return InboundLedger(pool)


@pytest.fixture
def tenants(pool: Pool) -> Tenants:
    return Tenants(pool)


@pytest.fixture
def directory(tenants: Tenants) -> TenantDirectory:
    return TenantDirectory(tenants, ttl=0.0)


@pytest.fixture
def tenant(tenants: Tenants) -> Tenant:
    return tenants.create("blue-harbour")


@pytest.fixture(scope="module")
def own_kafka(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """A broker whose topics, of the module's PARTITIONS, hold only what its tests send, and which may be killed."""
    for server in running(Kafka(DataDir(tmp_path_factory.mktemp("kafka")))):
        create_topics(server.bootstrap, all_topics(request.module.PARTITIONS))
        yield server


@pytest.fixture(scope="session")
def topics(kafka_bootstrap: str) -> str:
    """The broker, with all topics."""
    create_topics(kafka_bootstrap, all_topics(PARTITIONS))
    return kafka_bootstrap


@pytest.fixture(scope="session")
def shared_producer(topics: str) -> ConfirmingProducer:
    return ConfirmingProducer(topics)


@pytest.fixture
def deadletters(shared_producer: ConfirmingProducer) -> DeadLetterProducer:
    return DeadLetterProducer(shared_producer)


@pytest.fixture
def buried(topics: str) -> Topic:
    """The dead letters from now on."""
    return Topic(topics, DEADLETTER)


@pytest.fixture(scope="module")
def tailer(pipeline: Pipeline) -> Iterator[Child]:
    """Of the module's own pipeline, for all of its tests."""
    child = pipeline.child("tailer")
    child.start()
    child.wait_ready()
    yield child
    child.end()


@pytest.fixture
def streams(pipeline: Pipeline, tailer: Child) -> Iterator[Child]:
    """The agents beside it, for the test to start."""
    child = pipeline.child("streams")
    yield child
    child.end()
