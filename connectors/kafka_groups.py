"""The committed offsets of a consumer group in a topic, and resetting them."""

from __future__ import annotations

from collections.abc import Mapping

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from connectors.kafka import client_config
from connectors.kafka_offsets import answered, query_consumer
from schemas.errors import TransientError


def committed(url: str, group: str, topic: str, partitions: int, *, timeout: float = 10.0) -> dict[int, int]:
    """The next offset that the group reads, by partition; partitions in which it never read are missing.

    Raises TransientError when the broker does not answer.
    """
    consumer = query_consumer(url, group)
    try:
        found = consumer.committed([TopicPartition(topic, number) for number in range(partitions)], timeout=timeout)
    except KafkaException as error:
        raise TransientError(f"Kafka did not report the offsets of group {group}: {error.args[0].name()}") from error
    finally:
        consumer.close()
    return {place.partition: place.offset for place in answered(found) if place.offset >= 0}


def set_back(url: str, group: str, topic: str, offsets: Mapping[int, int], *, timeout: float = 10.0) -> None:
    """Reset the group to these offsets. Raises TransientError while it has members.

    The broker refuses each partition by itself, in an answer that is no failure as a whole.
    """
    places = [TopicPartition(topic, partition, offset) for partition, offset in offsets.items()]
    asked = ConsumerGroupTopicPartitions(group, places)
    admin = AdminClient(client_config(url))
    try:
        answer = admin.alter_consumer_group_offsets([asked], request_timeout=timeout)[group].result(timeout + 1)
    except KafkaException as error:
        raise _not_reset(group, topic, error.args[0]) from error
    for each in answer.topic_partitions:
        if each.error is not None:
            raise _not_reset(group, topic, each.error)


def _not_reset(group: str, topic: str, error: KafkaError) -> TransientError:
    return TransientError(
        f"the offsets of group {group} cannot be reset in {topic}, which holds messages that were never counted: "
        f"{error.name()}; stop all its workers, then start them again"
    )
