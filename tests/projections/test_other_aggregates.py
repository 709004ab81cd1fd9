"""The log knows no aggregate by name: one that the product does not have is published, and no read model minds it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from confluent_kafka import Message
from psycopg_pool import ConnectionPool

from connectors.kafka import partitions
from eventstore.log import EventLog
from eventstore.mapper import Mapper
from eventstore.model import NewEvent, RecordedEvent
from eventstore.subscription import Handler
from operations.migrate.topics import Topics
from operations.publishers import NAMES
from operations.read_models import PROJECTORS
from operations.schema_registration import subjects
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.postgres.postgres_store import PostgresStore
from projections.runner import ProjectionHandler, ensure_live
from reviewstream.bootstrap import Bootstrap
from reviewstream.settings import load
from schemas.codec import decode
from schemas.registry import newest
from schemas.tools import asyncapi, describe
from schemas.topics import public_topics
from streams.topics import all_topics, step_topics
from tests.parcels.events import MailParcelDelivered, MailParcelSent
from tests.parcels.registering import registered
from tests.projections.making import ACME, OTHER, History
from tests.schemas.test_asyncapi import validate
from tests.streams.topics import Topic
from tests.waiting import until

PARTITIONS = 4
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PARCELS = ("mail_parcel.sent", "mail_parcel.delivered")


@pytest.fixture(autouse=True)
def parcels(tmp_path: Path) -> Iterator[None]:
    with registered(tmp_path):
        yield


@pytest.fixture
def parts(url: str, kafka_bootstrap: str, tmp_path: Path) -> Iterator[Bootstrap]:
    given = {"eventstore_url": url, "readmodels_url": url, "kafka_url": f"kafka://{kafka_bootstrap}"}
    with Bootstrap(load(data_dir=tmp_path, partitions=PARTITIONS, **given), process="test") as opened:
        yield opened


def told(log: EventLog, history: History) -> tuple[UUID, dict[str, RecordedEvent]]:
    """A parcel's way, with a whole review of another tenant in between; the parcel and its events by type."""
    parcel, mapper = uuid4(), Mapper()

    def new(event: Any, version: int) -> NewEvent:
        return mapper.to_new(event, tenant_id=OTHER, stream_id=parcel, version=version, event_id=uuid4())

    log.append([new(MailParcelSent(weight=1.5, sent_at=NOON), 1)])
    history.review("r1").whole()
    history.save(log)
    log.append([new(MailParcelDelivered(signed_by="A Guest", delivered_at=NOON), 2)])
    return parcel, {event.topic: event for event in log.read_stream(parcel)}


def with_topics(parts: Bootstrap) -> str:
    """The broker, once it knows every topic with all of its partitions."""
    url = parts.settings.url("kafka")
    Topics(url, PARTITIONS).apply_missing()
    until(lambda: all_topics(PARTITIONS).items() <= partitions(url).items(), otherwise="a topic was not made")
    return url.partition("//")[2]


def feed(log: EventLog, handler: Handler) -> None:
    while (position := handler.position()) < log.head():
        handler.handle(log.read_after(position, 100))


def headers(message: Message) -> dict[str, str]:
    return {name: value.decode() for name, value in message.headers()}


def test_its_events_are_published_and_start_no_step(parts: Bootstrap, log: EventLog, history: History) -> None:
    kafka = with_topics(parts)
    parcel, events = told(log, history)
    public = {topic: Topic(kafka, public_topics()[topic]) for topic in PARCELS}
    steps = [Topic(kafka, topic) for topic in step_topics()]
    for name in NAMES:
        feed(log, parts.publishers.make(name))
        assert parts.positions.get(name) == log.head()
        assert parts.positions.parked.find(name) == []
    for topic in PARCELS:
        (message,) = public[topic].messages()
        event, said = events[topic], headers(message)
        assert (message.key(), message.value()) == (str(parcel).encode(), event.state)
        assert (said["ce_subject"], said["ce_type"]) == (str(parcel), topic)
        assert (said["ce_tenantid"], said["ce_version"]) == (str(OTHER), str(event.version))
    triggered = [item.stream_id for step in steps for batch in step.values() for item in batch.items]
    assert triggered
    assert parcel not in triggered


def test_the_read_models_of_reviews_pass_it_over(
    pool: ConnectionPool[Any], log: EventLog, history: History, analytics: ClickHouseStore
) -> None:
    told(log, history)
    stores = [*(PostgresStore(pool, projector()) for projector in PROJECTORS), analytics]
    for store in stores:
        feed(log, ProjectionHandler(pool, store, log))
        live = ensure_live(pool, store)
        assert live.position == log.head()
        with pool.connection() as connection:
            assert store.reviews_of(connection, live, OTHER) == set()
            assert len(store.reviews_of(connection, live, ACME)) == (
                1 if store.name in {"reviews", "saga_progress", analytics.name} else 0
            )
            assert connection.execute("SELECT count(*) FROM parked_streams").fetchone() == (0,)


def test_it_is_decoded_described_and_registered(log: EventLog, history: History) -> None:
    _, events = told(log, history)
    assert decode(events["mail_parcel.sent"].state) == MailParcelSent(weight=1.5, sent_at=NOON)
    assert subjects(newest("mail_parcel.sent")) == ["parcels.sent-value"]
    page, document = describe.render(), asyncapi.document()
    validate(document)
    for topic, public in (("mail_parcel.sent", "parcels.sent"), ("mail_parcel.delivered", "parcels.delivered")):
        assert f"| `{public}` | [{topic}](#{topic.replace('.', '')}-v1) | the mail parcel's id, a UUID |" in page
        assert f"## {topic} v1\n\nTopic `{public}`. Schema id {newest(topic).id}." in page
        assert document["channels"][public.replace(".", "_")]["address"] == public
        assert document["components"]["messages"][f"{topic}.v1".replace(".", "_")]["x-schema-id"] == newest(topic).id
