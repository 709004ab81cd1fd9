"""How far a consumer group has come in its topics, asked cheaply again and again."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from connectors.kafka import client_config
from schemas.errors import TransientError

Place = tuple[str, int]
"""Topic and partition."""


class GroupOffsets:
    """The offsets of one group. Keeps its connection; partitions that a topic gets later are not seen."""

    def __init__(self, url: str, group: str, topics: Collection[str], *, timeout: float = 4.0) -> None:
        """`timeout` in seconds bounds each question."""
        self._admin = AdminClient(client_config(url))
        self._group, self._topics, self._timeout = group, topics, timeout

    def ask(self) -> dict[Place, tuple[int, int]]:
        """Committed and end offset of each partition. Raises TransientError when the broker does not answer."""
        try:
            committed, ends = self._committed(), self._ends()
        except KafkaException as error:
            raise TransientError(f"Kafka did not say how far the group is: {error.args[0].name()}") from error
        return {place: (committed.get(place, 0), end) for place, end in ends.items()}

    @cached_property
    def _places(self) -> list[Place]:
        known = self._admin.list_topics(timeout=self._timeout).topics
        return [(name, partition) for name in self._topics if name in known for partition in known[name].partitions]

    def _committed(self) -> dict[Place, int]:
        asked = ConsumerGroupTopicPartitions(self._group)
        answers = self._admin.list_consumer_group_offsets([asked], request_timeout=self._timeout)
        found = answers[self._group].result().topic_partitions
        return {(each.topic, each.partition): max(0, each.offset) for each in found}

    def _ends(self) -> dict[Place, int]:
        asked = {TopicPartition(*place): OffsetSpec.latest() for place in self._places}
        answers = self._admin.list_offsets(asked, request_timeout=self._timeout)
        return {(place.topic, place.partition): future.result().offset for place, future in answers.items()}
