"""What a notification channel is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from schemas.messages import Notification


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced(Notification):
    """A notification with the W3C trace context that it belongs to: beside its contract, for the transport to carry."""

    traceparent: str


class Channel(Protocol):
    """A way to tell somebody. `name` is part of the notification's id and never changes."""

    name: str

    def deliver(self, notifications: Sequence[Notification]) -> None:
        """Return when every one is confirmed. Raises TransientError to be called again with the same ones."""
        ...
