"""Stores dead letters from their topic in the table for operators."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from aggregates.ids import dead_letter_id
from connectors.retry import retrying
from schemas.codec import decode
from schemas.messages import DeadLetter
from streams.runtime.messages import StepMessage
from streams.topics import DEADLETTER


class DeadLetterTable(Protocol):
    """The table; see services.dead_letters.repository.DeadLetterRepository."""

    def keep(self, letters: Sequence[DeadLetter]) -> None:
        """Durable when it returns; a known dead letter is left as it is."""
        ...


class DeadLetterSink:
    """Stores each dead letter once, by its id, before it is acknowledged."""

    def __init__(
        self,
        letters: DeadLetterTable,
        *,
        patience: float = 300.0,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Transient failures are retried for `patience` seconds."""
        self._letters, self._patience, self._now = letters, patience, now

    async def handle(self, messages: Sequence[StepMessage]) -> None:
        """Return when all are durable. A foreign message is stored as a dead letter: nothing is dropped."""
        await retrying(lambda: asyncio.to_thread(self.store, messages), what="deadletters.keep", limit=self._patience)

    def store(self, messages: Sequence[StepMessage]) -> None:
        """The same at once, for a caller that waits for nothing else. Raises what the database raises."""
        self._letters.keep([self._letter(message) for message in messages])

    def _letter(self, message: StepMessage) -> DeadLetter:
        try:
            letter = decode(message.value)
            known = isinstance(letter, DeadLetter) and UUID(letter.dead_letter_id)
        except Exception:  # noqa: BLE001 - foreign bytes may raise anything in the decoder
            known = False
        return letter if known else self._foreign(message)

    def _foreign(self, message: StepMessage) -> DeadLetter:
        return DeadLetter(
            dead_letter_id=str(dead_letter_id(DEADLETTER, message.partition, message.offset, 0)),
            stage="deadletters",
            reason="unreadable",
            error=f"not a dead letter; only reviewstream writes to {DEADLETTER}",
            origin_topic=DEADLETTER,
            origin_partition=message.partition,
            origin_offset=message.offset,
            headers={},
            payload=message.value,
            dead_lettered_at=self._now(),
        )
