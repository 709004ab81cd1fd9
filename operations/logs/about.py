"""Which ids lines about a review may name."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from eventstore.model import RecordedEvent


def ids_of(review: UUID, events: Iterable[RecordedEvent]) -> set[str]:
    """Its own id, and those of the sagas and messages that its events belong to."""
    return {str(review), *(str(event.correlation_id) for event in events if event.correlation_id)}
