"""The port for sending messages durably."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from connectors.kafka import Outgoing


class Sender(Protocol):
    """Sends messages and returns when all are confirmed; see connectors.kafka.ConfirmingProducer."""

    def send(self, messages: Sequence[Outgoing]) -> object:
        """Return when the broker has confirmed all; raises TransientError otherwise."""
        ...
