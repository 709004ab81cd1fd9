"""Reading a topic from its first to its present last message, outside of any consumer group."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition

from connectors.kafka import client_config, end_offsets
from schemas.errors import TransientError

WAIT_SECONDS = 0.3
END = KafkaError._PARTITION_EOF  # noqa: SLF001  # librdkafka's own codes have such names
GROUP = "reviewstream-reader"
"""A consumer needs the name of one; it neither joins it nor commits."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message; a value that is missing is empty."""

    partition: int
    offset: int
    value: bytes


def read_topic(url: str, topic: str, *, batch: int = 500, timeout: float = 30.0) -> Iterator[Sequence[Message]]:
    """Batches of all messages that the topic has now. Raises TransientError after `timeout` seconds without an answer."""
    left = {partition for partition, end in end_offsets(url, topic).items() if end}
    options = {"group.id": GROUP, "enable.auto.commit": False, "enable.partition.eof": True}
    consumer = Consumer({**client_config(url), **options})
    try:
        consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in left])
        heard = time.monotonic()
        while left:
            # It waits that long for a full batch, even at the topic's end.
            if found := consumer.consume(batch, WAIT_SECONDS):
                heard = time.monotonic()
            elif time.monotonic() - heard > timeout:
                raise TransientError(f"Kafka did not give the messages of {topic} within {timeout:g} s")
            if messages := list(_messages(found, left)):
                yield messages
    finally:
        consumer.close()


def _messages(found: Sequence[Any], left: set[int]) -> Iterator[Message]:
    for each in found:  # confluent_kafka's Message has no type
        error = each.error()
        if error is None:
            yield Message(each.partition(), each.offset(), each.value() or b"")
        elif error.code() == END:
            left.discard(each.partition())
        else:
            raise KafkaException(error)
