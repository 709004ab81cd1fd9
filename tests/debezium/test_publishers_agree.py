"""The contract of the public topics: the tailer and Debezium publish the same, byte for byte."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from confluent_kafka import Message

from eventstore.model import RecordedEvent
from operations.publishers import PUBLIC
from schemas.topics import public_topics
from tests.debezium.conftest import World
from tests.debezium.reading import Reader, headers
from tests.parcels.registering import registered

TIMES = [
    datetime(2026, 3, 1, 12, 0, 0, 0, UTC),
    datetime(2026, 3, 1, 12, 30, 7, 120_000, UTC),
    datetime(2026, 3, 1, 12, 30, 7, 100_000, UTC),
    datetime(2026, 12, 31, 23, 59, 59, 999_999, UTC),
    datetime(1999, 1, 1, 0, 0, 0, 1, UTC),
    datetime(2026, 7, 4, 4, 5, 0, 10, UTC),
]
STATES = [bytes(range(256)), b"\0", b"\0\0\0\0\1 text \xff", "å€😀".encode(), bytes(2_000_000)]


def events(first: int) -> list[RecordedEvent]:
    """Every type of event, with and without cause and trace, at awkward times, with awkward bytes; of four streams."""
    types = sorted(public_topics())
    chance = random.Random(7)
    streams, versions = [uuid4() for _ in range(4)], dict[UUID, int]()
    found = []
    for position in range(first, first + 8 * len(types)):
        stream = streams[position % 4]
        versions[stream] = versions.get(stream, 0) + 1
        cause, trace = position % 2 == 0, position % 3 == 0
        found.append(
            RecordedEvent(
                position, uuid4(), stream, versions[stream], types[position % len(types)],
                STATES[position % len(STATES)] if position < first + 40 else chance.randbytes(50), uuid4(),
                uuid4() if cause else None, uuid4() if trace else None, TIMES[position % len(TIMES)],
            )
        )  # fmt: skip
    return found


def record(world: World, some: list[RecordedEvent]) -> None:
    """Into the table, with these very times."""
    columns = "position, tenant_id, originator_id, originator_version, topic, state, event_id, causation_id, correlation_id, recorded_at"
    marks = ", ".join(["%s"] * len(RecordedEvent._fields))
    with world.parts.eventstore_pool.connection() as connection, connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO events ({columns}) VALUES ({marks})", some)
        cursor.execute("UPDATE event_log_head SET position = %s", [some[-1].position])


@pytest.fixture
def parcels(tmp_path: Path) -> Iterator[None]:
    """With an aggregate that the product does not have: its topics begin otherwise."""
    with registered(tmp_path):
        yield


def told(message: Message, label: str = "") -> tuple[Any, ...]:
    topic = message.topic().removeprefix(label)
    return topic, message.partition(), message.key(), headers(message), message.value()


@pytest.mark.timeout(120)
def test_tailer_and_debezium_publish_the_same(parcels: None, world: Callable[..., World]) -> None:
    here = world()
    here.capturing.register("outbox")
    some = events(1)
    record(here, some)
    topics = sorted(public_topics().values())
    by_tailer = Reader(here.kafka.partition("//")[2], topics, from_now=True)
    here.parts.publishers.make(PUBLIC).handle(some)
    mirrored = Reader(here.kafka.partition("//")[2], [here.label + topic for topic in topics])
    first = [told(message) for message in by_tailer.until(len(some))]
    second = [told(message, here.label) for message in mirrored.until(len(some))]
    assert len(first) == len(some)
    assert sorted(second, key=by_position) == sorted(first, key=by_position)
    assert in_partitions(second) == in_partitions(first)


def by_position(one: tuple[Any, ...]) -> int:
    return int(dict(one[3])["ce_position"])


def in_partitions(some: list[tuple[Any, ...]]) -> dict[tuple[str, int], list[int]]:
    """The order within each partition."""
    found: dict[tuple[str, int], list[int]] = {}
    for one in some:
        found.setdefault((one[0], one[1]), []).append(by_position(one))
    return found
