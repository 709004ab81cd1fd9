"""Removing the beginning of a topic's partitions."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from uuid import uuid4

from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from connectors.kafka import client_config
from connectors.kafka_offsets import answered, query_consumer
from schemas.errors import TransientError

TIMEOUT = 10.0


def first_since(url: str, topic: str, time: datetime) -> dict[int, int]:
    """By partition, the offset of the first message written at `time` or later; the end where there is none."""
    stands = extent(url, topic)
    asked = [TopicPartition(topic, each, int(time.timestamp() * 1000)) for each in stands]
    with closing(query_consumer(url, f"reviewstream-look-{uuid4().hex}")) as consumer:
        try:
            found = answered(consumer.offsets_for_times(asked, timeout=TIMEOUT)) if asked else []
        except KafkaException as error:
            raise _unknown(topic, error) from error
    return {each.partition: each.offset if each.offset >= 0 else stands[each.partition][1] for each in found}


def extent(url: str, topic: str) -> dict[int, tuple[int, int]]:
    """By partition, the offset of the first message that is kept, and that of the next one; empty without such a topic."""
    with closing(query_consumer(url, f"reviewstream-look-{uuid4().hex}")) as consumer:
        try:
            known = consumer.list_topics(topic, timeout=TIMEOUT).topics[topic].partitions
            return {
                each: consumer.get_watermark_offsets(TopicPartition(topic, each), timeout=TIMEOUT) for each in known
            }
        except KafkaException as error:
            raise _unknown(topic, error) from error


def remove_before(url: str, topic: str, offsets: Mapping[int, int]) -> int:
    """Remove the messages below these offsets, by partition; how many offsets that were."""
    stands = extent(url, topic)
    due = {each: offset for each, offset in offsets.items() if offset > stands.get(each, (offset, 0))[0]}
    if not due:
        return 0
    asked = [TopicPartition(topic, each, offset) for each, offset in due.items()]
    admin = AdminClient(client_config(url))  # held until all have answered: with it their answers would go
    try:
        for future in admin.delete_records(asked, request_timeout=TIMEOUT).values():
            future.result(TIMEOUT + 1)
    except KafkaException as error:
        raise TransientError(f"Kafka did not remove messages of {topic}: {error.args[0].name()}") from error
    return sum(offset - stands[each][0] for each, offset in due.items())


def _unknown(topic: str, error: KafkaException) -> TransientError:
    return TransientError(f"Kafka did not report offsets of {topic}: {error.args[0].name()}")
