"""Resetting a consumer group on a real broker: done, or told."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from confluent_kafka import Consumer, TopicPartition

from connectors.kafka import client_config, create_topics
from connectors.kafka_groups import committed, set_back
from connectors.wait import wait_out
from schemas.errors import TransientError
from tests.waiting import until

TOPIC = "groups.reset"
READ = {0: 5, 1: 7}


@pytest.fixture
def group(kafka_bootstrap: str) -> str:
    create_topics(kafka_bootstrap, {TOPIC: 2})
    return f"group-{uuid4()}"


@pytest.fixture
def member(kafka_bootstrap: str, group: str) -> Iterator[Consumer]:
    """A member that has committed READ, and goes on living."""
    consumer = Consumer({**client_config(kafka_bootstrap), "group.id": group, "enable.auto.commit": False})
    consumer.subscribe([TOPIC])
    until(lambda: consumer.poll(0.1) or consumer.assignment())
    consumer.commit(offsets=[TopicPartition(TOPIC, *each) for each in READ.items()], asynchronous=False)
    yield consumer
    consumer.close()


def test_a_group_with_a_living_member_is_not_reset_and_says_so(
    kafka_bootstrap: str, group: str, member: Consumer
) -> None:
    with pytest.raises(TransientError, match=r"UNKNOWN_MEMBER_ID; stop all its workers"):
        set_back(kafka_bootstrap, group, TOPIC, {0: 0, 1: 0})
    assert committed(kafka_bootstrap, group, TOPIC, 2) == READ
    member.close()
    wait_out(TransientError, lambda: set_back(kafka_bootstrap, group, TOPIC, {0: 0, 1: 2}), 30)
    assert committed(kafka_bootstrap, group, TOPIC, 2) == {0: 0, 1: 2}
