"""A broker, a ledger and a collect step to publish to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest
from confluent_kafka import Message

from connectors.kafka import ConfirmingProducer, create_topics
from connectors.postgres import Pool, open_pool
from eventstore.log import EventLog
from schemas.cloudevents import parse
from services.inbound.ledger import InboundLedger
from services.tenancy.directory import TenantDirectory
from services.tenancy.tenants import Tenants
from streams.dead_letters.producer import DeadLetterProducer
from streams.runtime.messages import InboundMessage
from streams.runtime.reviews import Reviews
from streams.steps.collect import Collect
from streams.topics import INBOUND, all_topics
from tests.databases import database
from tests.streams.databases import migrated
from tests.streams.topics import Topic

TENANT = "blue-harbour"
Collecting = Callable[[], int]


@pytest.fixture(scope="session")
def publishing_template(postgres_url: str) -> str:
    return migrated(postgres_url)


@pytest.fixture
def pool(postgres_url: str, publishing_template: str) -> Iterator[Pool]:
    with database(postgres_url, publishing_template) as url, open_pool(url, name="test") as opened:
        Tenants(opened).create(TENANT)
        yield opened


@pytest.fixture
def ledger(pool: Pool) -> InboundLedger:
    return InboundLedger(pool)


@pytest.fixture(scope="session")
def broker(kafka_bootstrap: str) -> str:
    create_topics(kafka_bootstrap, all_topics(4))
    return kafka_bootstrap


@pytest.fixture
def producer(broker: str) -> ConfirmingProducer:
    return ConfirmingProducer(broker)


@pytest.fixture
def sent(broker: str) -> Topic:
    """The inbound topic from now on."""
    return Topic(broker, INBOUND)


@pytest.fixture
def collect_sent(pool: Pool, sent: Topic, producer: ConfirmingProducer) -> Collecting:
    """Collects what was sent so far, as the collect agent does; returns how many items."""
    collect = Collect(
        Reviews(EventLog(pool)), InboundLedger(pool), TenantDirectory(Tenants(pool)), DeadLetterProducer(producer)
    )

    def collect_all() -> int:
        messages = [_inbound(message) for message in sent.messages()]
        asyncio.run(collect.handle(messages))
        return sum(len(parse(message.headers, message.value)) for message in messages)

    return collect_all


def _inbound(message: Message) -> InboundMessage:
    return InboundMessage(
        message.topic(), message.partition(), message.offset(), message.headers() or (), message.value()
    )
