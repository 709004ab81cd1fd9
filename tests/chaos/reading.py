"""What one tenant's messages in several topics are, from the moment this is made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import uuid4

from confluent_kafka import Consumer, Message, TopicPartition
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from connectors.kafka import end_offsets
from schemas.errors import TransientError


class Reading:
    """Follows topics by one consumer of its own."""

    def __init__(self, url: str, bootstrap: str, topics: Sequence[str]) -> None:
        self._url, self._bootstrap, self._topics = url, bootstrap, topics
        self._begin = self._ends()

    def messages(self) -> list[Message]:
        """Everything that came since. Raises TimeoutError when the broker does not hand it out."""
        ends = self._ends()
        wanted = {place: end for place, end in ends.items() if end > self._begin[place]}
        total = sum(end - self._begin[place] for place, end in wanted.items())
        settings = {"bootstrap.servers": self._bootstrap, "group.id": f"proof-{uuid4()}", "enable.auto.commit": False}
        consumer = Consumer({**settings, "log_level": 0, "fetch.wait.max.ms": 20})
        try:
            consumer.assign([TopicPartition(*place, self._begin[place]) for place in wanted])
            return list(_take(consumer, total))
        finally:
            consumer.close()

    @retry(retry=retry_if_exception_type(TransientError), wait=wait_fixed(0.2), stop=stop_after_delay(30), reraise=True)
    def _ends(self) -> dict[tuple[str, int], int]:
        found = {topic: end_offsets(self._url, topic) for topic in self._topics}
        return {(topic, partition): end for topic, ends in found.items() for partition, end in ends.items()}


def _take(consumer: Consumer, total: int) -> Iterable[Message]:
    taken = 0
    while taken < total:
        message = consumer.poll(20)
        if message is None:
            raise TimeoutError(f"{taken} of {total} messages came")
        if message.error() is None:
            taken += 1
            yield message


def header(message: Message, name: str) -> str:
    """A header's text, or nothing."""
    return str(dict(message.headers() or ()).get(name, b"").decode())
