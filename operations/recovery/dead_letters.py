"""The table of dead letters, read again from their topic, which keeps them for ever."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from connectors.kafka import end_offsets
from connectors.kafka_groups import committed
from connectors.kafka_reader import read_topic
from operations.recovery.recoverable import Loss, Progress
from services.dead_letters.repository import DeadLetterRepository
from streams.dead_letters.sink import DeadLetterSink
from streams.runtime.messages import StepMessage
from streams.topics import DEADLETTER


class LostDeadLetters:
    """Recognises that the table is empty, though letters were stored in it."""

    name = "dead letters"

    def __init__(self, letters: DeadLetterRepository, kafka_url: str, group: Callable[[], str]) -> None:
        """`group` is the consumer group that stores them."""
        self._letters, self._url, self._group = letters, kafka_url, group

    def inspect(self) -> Sequence[Loss]:
        """At most one."""
        if self._letters.count():
            return []
        ends = end_offsets(self._url, DEADLETTER)
        stored = sum(committed(self._url, self._group(), DEADLETTER, len(ends)).values())
        if not stored:
            return []
        return [
            Loss(
                "readmodels",
                f"the table of dead letters is empty, and {stored} messages of {DEADLETTER} had been stored in it",
                f"read again from {DEADLETTER}",
                "which of them were replayed or discarded, by whom and why: all of them are open again",
            )
        ]

    def rebuild(self, progress: Progress) -> Sequence[str]:
        """Store every letter of the topic that is not stored."""
        sink, done = DeadLetterSink(self._letters), 0
        total = sum(end_offsets(self._url, DEADLETTER).values())
        for messages in read_topic(self._url, DEADLETTER):
            sink.store([StepMessage(each.value, each.partition, each.offset) for each in messages])
            done += len(messages)
            progress("dead letters", done, total)
        return [
            f"dead letters: {done} messages of {DEADLETTER} were read again, {self._letters.count()} are in the table"
        ]
