"""Kafka's topics. Missing ones are created; an existing one keeps its partitions.

The tailer itself chooses the partition of a step topic from the setting, so there the two must agree. Of all
other topics an operator may have as many partitions as they like.
"""

from __future__ import annotations

from connectors.kafka import MAX_INBOUND, MAX_MESSAGE, create_topics, partitions
from operations.migrate.migratable import StoreState
from schemas.errors import InvalidInput
from streams.topics import INBOUND, all_topics, step_topics

KEEP_FOR_EVER = {"retention.ms": "-1"}


class Topics:
    """Every topic, with the number of partitions that the settings name."""

    name = "kafka"

    def __init__(self, url: str, count: int) -> None:
        self._url, self._count = url, count

    def inspect(self) -> StoreState:
        """Which topics exist; refuses a step topic whose number of partitions differs from the setting."""
        there, wanted = partitions(self._url), all_topics(self._count)
        steps = step_topics()
        other = [topic for topic in wanted if there.get(topic, self._count) != self._count]
        return StoreState(
            self.name,
            [topic for topic in wanted if topic in there],
            [topic for topic in wanted if topic not in there],
            [self._refusal(topic, there[topic]) for topic in other if topic in steps],
            [f"topic {topic} has {there[topic]} partitions and keeps them" for topic in other if topic not in steps],
        )

    def apply_missing(self) -> None:
        """Create what is missing."""
        there, wanted = partitions(self._url), all_topics(self._count)
        for limit in (MAX_INBOUND, MAX_MESSAGE):
            some = {t: n for t, n in wanted.items() if t not in there and _limit(t) == limit}
            if some:
                create_topics(self._url, some, config={**KEEP_FOR_EVER, "max.message.bytes": str(limit)})

    def _refusal(self, topic: str, there: int) -> InvalidInput:
        why = (
            "Kafka cannot remove partitions"
            if there > self._count
            else "adding some would spread a review's triggers over two partitions"
        )
        return InvalidInput(
            f"topic {topic} has {there} partitions, and REVIEWSTREAM_PARTITIONS is {self._count}: {why}; "
            f"set REVIEWSTREAM_PARTITIONS={there}",
            field="partitions",
        )


def _limit(topic: str) -> int:
    return MAX_INBOUND if topic == INBOUND else MAX_MESSAGE
