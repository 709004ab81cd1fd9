"""Reading back what stands in a topic."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from schemas.codec import decode


class Topic:
    """A topic from the moment this is made."""

    def __init__(self, bootstrap: str, name: str) -> None:
        self._bootstrap, self._name = bootstrap, name
        self._begin = {partition: end for partition, (_, end) in self._marks().items()}

    def messages(self) -> list[Message]:
        """Everything that came since, by partition and offset."""
        ends = {partition: end for partition, (_, end) in self._marks().items() if end > self._begin[partition]}
        consumer = self._consumer()
        try:
            consumer.assign([TopicPartition(self._name, p, self._begin[p]) for p in ends])
            wanted = sum(end - self._begin[p] for p, end in ends.items())
            found: list[Message] = []
            while len(found) < wanted:
                message = consumer.poll(10)
                assert message is not None, f"{len(found)} of {wanted} messages of {self._name} came"
                assert message.error() is None
                found.append(message)
            return sorted(found, key=lambda message: (message.partition(), message.offset()))
        finally:
            consumer.close()

    def values(self) -> list[Any]:
        """What they say."""
        return [decode(message.value()) for message in self.messages()]

    @retry(  # a topic that was just made has no leaders yet
        retry=retry_if_exception_type((KafkaException, KeyError)), wait=wait_fixed(0.1), stop=stop_after_delay(20)
    )
    def _marks(self) -> dict[int, tuple[int, int]]:
        consumer = self._consumer()
        try:
            partitions = consumer.list_topics(self._name, timeout=10).topics[self._name].partitions
            return {p: consumer.get_watermark_offsets(TopicPartition(self._name, p), timeout=10) for p in partitions}
        finally:
            consumer.close()

    def _consumer(self) -> Consumer:
        return Consumer(
            {
                "bootstrap.servers": self._bootstrap,
                "group.id": f"read-{uuid4()}",
                "enable.auto.commit": False,
                "fetch.wait.max.ms": 20,
                "log_level": 0,
            }
        )
