"""How far a group is, on a real broker that also goes away."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from confluent_kafka import Consumer, TopicPartition
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from connectors.kafka import ConfirmingProducer, Outgoing, create_topics
from connectors.kafka_offsets import GroupOffsets, Place
from embedded.datadir import DataDir
from embedded.kafka import Kafka
from schemas.errors import TransientError
from tests.servers import running
from tests.waiting import until


@pytest.fixture(scope="module")
def own_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """A broker that may be killed."""
    yield from running(Kafka(DataDir(tmp_path_factory.mktemp("kafka"))))


def commit(bootstrap: str, group: str, topic: str, offset: int) -> None:
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": group})
    consumer.commit(offsets=[TopicPartition(topic, 0, offset)], asynchronous=False)
    consumer.close()


@retry(retry=retry_if_exception_type(TransientError), wait=wait_fixed(0.2), stop=stop_after_delay(30), reraise=True)
def answered(offsets: GroupOffsets) -> dict[Place, tuple[int, int]]:
    """A broker that has just started looks for the group's coordinator first."""
    return offsets.ask()


def test_what_is_committed_and_where_each_partition_ends(own_kafka: Kafka) -> None:
    topic, group = f"t-{uuid4()}", f"g-{uuid4()}"
    create_topics(own_kafka.bootstrap, {topic: 2})
    ConfirmingProducer(own_kafka.bootstrap).send([Outgoing(topic, None, b"x", partition=0)] * 5)
    offsets = GroupOffsets(own_kafka.bootstrap, group, [topic])
    assert answered(offsets) == {(topic, 0): (0, 5), (topic, 1): (0, 0)}
    commit(own_kafka.bootstrap, group, topic, 3)
    assert offsets.ask() == {(topic, 0): (3, 5), (topic, 1): (0, 0)}
    offsets.close()


def answers(offsets: GroupOffsets) -> bool:
    try:
        return bool(offsets.ask())
    except TransientError:
        return False


@pytest.mark.long
def test_it_bears_a_broker_that_is_killed_while_it_asks_and_goes_on_when_it_is_back(own_kafka: Kafka) -> None:
    topic = f"t-{uuid4()}"
    create_topics(own_kafka.bootstrap, {topic: 10})
    offsets = GroupOffsets(own_kafka.bootstrap, "group", [topic], timeout=1)
    for _ in range(2):
        until(lambda: answers(offsets), 60)
        own_kafka.kill()
        until(lambda: not answers(offsets))
        own_kafka.start()
    until(lambda: answers(offsets), 60)
    offsets.close()
