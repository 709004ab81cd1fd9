"""Kafka: how far a topic reaches, and how far consumer groups have acknowledged it."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from connectors.kafka import client_config
from schemas.errors import TransientError


class TopicProgress:
    """Asks the broker at every call. All methods raise TransientError when it does not answer in `timeout` seconds."""

    def __init__(self, url: str, *, groups: str, timeout: float = 10.0) -> None:
        """`groups` is what the names of the consumer groups in question begin with."""
        self._admin = AdminClient(client_config(url))
        self._groups, self._timeout = groups, timeout

    def ends(self, topic: str) -> dict[int, int]:
        """The next offset of each partition."""
        try:
            partitions = self._admin.list_topics(topic, timeout=self._timeout).topics[topic].partitions
        except KafkaException as error:
            raise _unknown(error) from error
        asked = {TopicPartition(topic, partition): OffsetSpec.latest() for partition in partitions}
        answers = self._admin.list_offsets(asked, request_timeout=self._timeout) if asked else {}
        return {place.partition: int(_result(future).offset) for place, future in answers.items()}

    def acknowledged(self, topic: str) -> dict[int, int]:
        """Below which offset everything is acknowledged in each partition, by the group that is furthest.

        Groups change with the set of steps that their workers run, and those left behind stay for days.
        """
        furthest: dict[int, int] = {}
        for group in self._names():
            for place in self._committed(group):
                if place.topic == topic and place.offset >= 0:
                    furthest[place.partition] = max(place.offset, furthest.get(place.partition, 0))
        return furthest

    def _names(self) -> list[str]:
        listed = _result(self._admin.list_consumer_groups(request_timeout=self._timeout))
        return [group.group_id for group in listed.valid if group.group_id.startswith(self._groups)]

    def _committed(self, group: str) -> list[TopicPartition]:
        asked = [ConsumerGroupTopicPartitions(group)]
        answers = self._admin.list_consumer_group_offsets(asked, request_timeout=self._timeout)
        return list(_result(answers[group]).topic_partitions)


def _result(future: Future[Any]) -> Any:
    try:
        return future.result()
    except KafkaException as error:
        raise _unknown(error) from error


def _unknown(error: KafkaException) -> TransientError:
    return TransientError(f"Kafka did not say how far its topics are: {error.args[0].name()}")
