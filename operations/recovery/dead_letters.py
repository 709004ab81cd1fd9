"""The table of dead letters, read again from their topic."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.kafka import end_offsets
from connectors.kafka_reader import read_topic
from operations.recovery.recoverable import Loss, Progress
from services.dead_letters.repository import DeadLetterRepository
from services.inbound.known_stores import KnownStores
from streams.dead_letters.sink import DeadLetterSink
from streams.runtime.messages import StepMessage
from streams.topics import DEADLETTER

TABLE = "dead_letters"
"""Its name among the known stores."""


class LostDeadLetters:
    """Recognises that the table is not the one in which dead letters were stored."""

    name = "dead letters"

    def __init__(self, letters: DeadLetterRepository, known: KnownStores, kafka_url: str) -> None:
        self._letters, self._known, self._url = letters, known, kafka_url

    def inspect(self) -> Sequence[Loss]:
        """At most one."""
        if self._known.every().get(TABLE) in {None, self._letters.identity()}:
            return []
        return [
            Loss(
                "readmodels",
                "the table of dead letters is not the one that it was",
                f"dead letters are read again from {DEADLETTER}",
                "which of them were replayed or discarded, by whom and why: all of them are open again",
            )
        ]

    def rebuild(self, progress: Progress) -> Sequence[str]:
        """Store every letter of the topic that is not stored."""
        sink, done = DeadLetterSink(self._letters), 0
        total = sum(end_offsets(self._url, DEADLETTER).values())
        for messages in read_topic(self._url, DEADLETTER):
            sink.store([StepMessage(each.partition, each.offset, each.value) for each in messages])
            done += len(messages)
            progress("dead letters", done, total)
        self._known.accept({TABLE: self._letters.identity()})
        return [
            f"dead letters: {done} messages of {DEADLETTER} were read again, {self._letters.count()} letters are in the table"
        ]
