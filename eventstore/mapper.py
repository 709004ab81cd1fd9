"""Maps typed events to what the log stores, and back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from eventstore.model import NewEvent, RecordedEvent
from schemas import codec


class Mapper:
    """Encodes typed events for one tenant's stream, and decodes recorded ones to the newest version of their type."""

    def to_new(
        self,
        event: Any,
        *,
        tenant_id: UUID,
        stream_id: UUID,
        version: int,
        event_id: UUID,
        causation_id: UUID | None = None,
        correlation_id: UUID | None = None,
    ) -> NewEvent:
        """The stored form of a typed event. Raises UnknownSchema when its topic has no contract."""
        state = codec.encode(event)
        return NewEvent(tenant_id, stream_id, version, event.TOPIC, state, event_id, causation_id, correlation_id)

    def to_typed(self, recorded: RecordedEvent) -> Any:
        """The typed event, upcasted. Raises UnknownSchema for bytes of a schema that is not committed."""
        return codec.decode(recorded.state)
