"""Kafka: how far a topic reaches, and how far consumer groups have acknowledged it."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

from confluent_kafka import Consumer, ConsumerGroupState, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, MemberDescription, OffsetSpec

from connectors.kafka import client_config
from connectors.kafka_offsets import answered, query_consumer
from schemas.errors import TransientError


class TopicProgress:
    """Queries the broker at every call. All methods raise TransientError when it does not answer in `timeout` seconds."""

    def __init__(self, url: str, *, groups: str, timeout: float = 10.0) -> None:
        """`groups` is the prefix of the consumer groups' names."""
        self._url, self._admin = url, AdminClient(client_config(url))
        self._consumers: dict[str, Consumer] = {}
        self._groups, self._timeout = groups, timeout

    def ends(self, topic: str) -> dict[int, int]:
        """The next offset of each partition."""
        asked = {TopicPartition(topic, partition): OffsetSpec.latest() for partition in self._partitions(topic)}
        answers = self._admin.list_offsets(asked, request_timeout=self._timeout) if asked else {}
        return {place.partition: int(_result(future).offset) for place, future in answers.items()}

    def acknowledged(self, topic: str) -> dict[int, int]:
        """The offset below which everything is acknowledged, by partition, in the group that is furthest.

        Groups change with the set of steps that their workers run, and those left behind stay for days.
        """
        furthest: dict[int, int] = {}
        for group in self._names():
            for place in self._committed(group, topic):
                if place.offset >= 0:
                    furthest[place.partition] = max(place.offset, furthest.get(place.partition, 0))
        return furthest

    def readers(self, topic: str) -> int:
        """How many members of the groups read the topic; those of a group that is being rebalanced count as well."""
        names = self._names()
        asked = self._admin.describe_consumer_groups(names, request_timeout=self._timeout) if names else {}
        groups = [_result(future) for future in asked.values()]
        return sum(
            group.state is not ConsumerGroupState.STABLE or any(place.topic == topic for place in _assigned(member))
            for group in groups
            for member in group.members
        )

    def _names(self) -> list[str]:
        listed = _result(self._admin.list_consumer_groups(request_timeout=self._timeout))
        return [group.group_id for group in listed.valid if group.group_id.startswith(self._groups)]

    def _committed(self, group: str, topic: str) -> list[TopicPartition]:
        if group not in self._consumers:
            self._consumers[group] = query_consumer(self._url, group)
        asked = [TopicPartition(topic, partition) for partition in self._partitions(topic)]
        try:
            found = self._consumers[group].committed(asked, timeout=self._timeout) if asked else []
        except KafkaException as error:
            raise _unknown(error) from error
        return answered(found)

    def _partitions(self, topic: str) -> list[int]:
        try:
            return list(self._admin.list_topics(topic, timeout=self._timeout).topics[topic].partitions)
        except KafkaException as error:
            raise _unknown(error) from error


def _assigned(member: MemberDescription) -> list[TopicPartition]:
    return [] if member.assignment is None else list(member.assignment.topic_partitions)


def _result(future: Future[Any]) -> Any:
    try:
        return future.result()
    except KafkaException as error:
        raise _unknown(error) from error


def _unknown(error: KafkaException) -> TransientError:
    return TransientError(f"Kafka did not report the offsets of its topics: {error.args[0].name()}")
