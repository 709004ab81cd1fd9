"""How far a consumer group is in its topics, for cheap repeated queries."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

from confluent_kafka import OFFSET_END, OFFSET_INVALID, Consumer, KafkaException, TopicPartition

from connectors.kafka import client_config
from schemas.errors import TransientError

Place = tuple[str, int]
"""Topic and partition."""


def query_consumer(url: str, group: str) -> Consumer:
    """A consumer for queries only: it never subscribes, and so is no member of the group. The caller closes it.

    The admin client has the same query, but when the broker goes away, or has not found the group's coordinator yet,
    while it lists a group's offsets, librdkafka fails an assertion (`eonce->refcnt > 0`) and takes the process along.
    """
    return Consumer({**client_config(url), "group.id": group, "enable.auto.commit": False})


class GroupOffsets:
    """The offsets of one group. Keeps its connection; partitions added to a topic later are not seen."""

    def __init__(self, url: str, group: str, topics: Collection[str], *, timeout: float = 4.0) -> None:
        """`timeout` in seconds bounds each query."""
        self._consumer = query_consumer(url, group)
        self._topics, self._timeout = topics, timeout

    def ask(self) -> dict[Place, tuple[int, int]]:
        """Committed and end offset of each partition. Raises TransientError when the broker does not answer."""
        try:
            ends = self._consumer.offsets_for_times(self._asked(OFFSET_END), timeout=self._timeout)
            committed = self._consumer.committed(self._asked(), timeout=self._timeout)
        except KafkaException as error:
            raise TransientError(f"Kafka did not report the group's offsets: {error.args[0].name()}") from error
        done = {(each.topic, each.partition): max(0, each.offset) for each in answered(committed)}
        return {place: (done[place], each.offset) for each in answered(ends) if (place := (each.topic, each.partition))}

    def close(self) -> None:
        """Close the connection."""
        self._consumer.close()

    def _asked(self, offset: int = OFFSET_INVALID) -> list[TopicPartition]:
        return [TopicPartition(topic, partition, offset) for topic, partition in self._places]

    @cached_property
    def _places(self) -> list[Place]:
        known = self._consumer.list_topics(timeout=self._timeout).topics
        return [(name, partition) for name in self._topics if name in known for partition in known[name].partitions]


def answered(places: list[TopicPartition]) -> list[TopicPartition]:
    """The same places. Raises TransientError when any partition has an error."""
    for each in places:
        if each.error is not None:
            raise TransientError(f"Kafka did not report the offsets of {each.topic}: {each.error.name()}")
    return places
