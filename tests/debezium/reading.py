"""What stands in topics, as a consumer sees it who reads what is committed."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from uuid import uuid4

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from connectors.kafka import end_offsets
from schemas.errors import TransientError


class Reader:
    """Reads these topics from their beginning, or from now on."""

    def __init__(self, broker: str, topics: Iterable[str], *, from_now: bool = False) -> None:
        config = {"bootstrap.servers": broker, "log_level": 0}
        ends = {topic: self._ends(broker, topic) for topic in topics}
        places = [
            TopicPartition(topic, partition, end if from_now else 0)
            for topic, partitions in ends.items()
            for partition, end in partitions.items()
        ]
        self._consumer = Consumer(
            {**config, "group.id": uuid4().hex, "isolation.level": "read_committed", "enable.auto.commit": False}
        )
        self._consumer.assign(places)
        self.found: list[Message] = []

    @staticmethod
    @retry(retry=retry_if_exception_type(TransientError), stop=stop_after_delay(10), wait=wait_fixed(0.1), reraise=True)
    def _ends(broker: str, topic: str) -> dict[int, int]:
        """A topic that was made a moment ago has no leader yet."""
        return end_offsets(broker, topic)

    def poll(self, seconds: float = 0.1) -> Message | None:
        message = self._consumer.poll(seconds)
        if message is None:
            return None
        if message.error() is not None:  # a broker that was killed is on its way back
            assert message.error().retriable() or message.error().code() == KafkaError._ALL_BROKERS_DOWN, (
                message.error()
            )
            return None
        self.found.append(message)
        return message

    def take(self, most: int = 1000) -> None:
        """What is there."""
        for _ in range(most):
            if self.poll(0.05) is None:
                return

    def until(self, count: int, seconds: float = 120) -> list[Message]:
        """As soon as so many have come; whatever is there when time is over."""
        deadline = time.monotonic() + seconds
        while len(self.found) < count and time.monotonic() < deadline:
            self.poll()
        return self.found

    def rest(self, quiet: float = 1.5) -> list[Message]:
        """When nothing came for so many seconds."""
        while self.poll(quiet) is not None:
            pass
        return self.found

    def close(self) -> None:
        self._consumer.close()


def headers(message: Message) -> list[tuple[str, bytes]]:
    return list(message.headers() or ())


def header(message: Message, name: str) -> str:
    return dict(headers(message))[name].decode()


def by_review(messages: Collection[Message]) -> dict[bytes, list[int]]:
    """The versions of each review, as they came, by topic and then by position for those of different topics."""
    found: dict[bytes, list[int]] = {}
    for message in messages:
        found.setdefault(message.key(), []).append(int(header(message, "ce_version")))
    return found
