"""Reading a whole topic outside of any group, on a real broker."""

from __future__ import annotations

import time
from uuid import uuid4

import pytest

from connectors.kafka import ConfirmingProducer, Outgoing, create_topics, end_offsets
from connectors.kafka_reader import read_topic
from connectors.wait import wait_out
from schemas.errors import TransientError


def made(url: str, topic: str, partitions: int) -> None:
    """A new topic; its broker does not serve it in the first moment."""
    create_topics(url, {topic: partitions})
    wait_out(TransientError, lambda: end_offsets(url, topic), 30)


def test_every_message_comes_once_and_the_end_is_noticed_at_once(kafka_bootstrap: str) -> None:
    """One of the partitions is empty."""
    topic = f"read-{uuid4().hex}"
    made(kafka_bootstrap, topic, 3)
    sent = [Outgoing(topic, None, b"%d" % number, partition=number % 2) for number in range(70)]
    ConfirmingProducer(kafka_bootstrap).send(sent)
    began = time.monotonic()
    found = [message for page in read_topic(kafka_bootstrap, topic, batch=20) for message in page]
    assert sorted(int(message.value) for message in found) == list(range(70))
    assert {(message.partition, message.offset) for message in found} == {(p, o) for p in (0, 1) for o in range(35)}
    assert time.monotonic() - began < 20, "it waited for more than there is"


def test_an_empty_topic_has_nothing(kafka_bootstrap: str) -> None:
    topic = f"read-{uuid4().hex}"
    made(kafka_bootstrap, topic, 2)
    assert list(read_topic(kafka_bootstrap, topic)) == []


def test_a_broker_that_is_away_is_told_as_such() -> None:
    with pytest.raises(TransientError):
        list(read_topic("127.0.0.1:1", "anything"))
