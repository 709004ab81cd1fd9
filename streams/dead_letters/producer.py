"""Dead dead_letters: the original bytes and the reason, confirmed by the broker before anything is acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from connectors.kafka import Outgoing
from connectors.sender import Sender
from schemas.cloudevents import headers
from schemas.codec import encode
from schemas.messages import DeadLetter
from streams.topics import DEADLETTER
from telemetry import failpoints
from telemetry.metrics import DEAD_LETTERS

TYPE = "deadletter.message"


class DeadLetterProducer:
    """Sends messages that cannot be processed to the dead-letter topic."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def send(self, dead_letters: Sequence[DeadLetter]) -> None:
        """Return when the broker has confirmed all. Raises TransientError otherwise; a repeat has the same ids."""
        if dead_letters:
            failpoints.hit("deadletter.before_send")
            await asyncio.to_thread(self._sender.send, [_outgoing(letter) for letter in dead_letters])
            failpoints.hit("deadletter.sent")
            for letter in dead_letters:
                DEAD_LETTERS.labels(letter.stage, letter.reason).inc()


def _outgoing(letter: DeadLetter) -> Outgoing:
    attributes = headers(
        UUID(letter.dead_letter_id),
        TYPE,
        subject=letter.review_id or letter.dead_letter_id,
        time=letter.dead_lettered_at,
        tenant=letter.tenant or "",
    )
    return Outgoing(DEADLETTER, letter.dead_letter_id.encode(), encode(letter), attributes)
