"""One review: its current state and its full history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from eventstore.model import RecordedEvent
from projections.decoder import Decode, decode_state
from projections.queries.jsonable import jsonable
from projections.statements import in_schema


class StreamSource(Protocol):
    """The event log's reader of one stream."""

    def read_stream(self, stream_id: UUID) -> list[RecordedEvent]:
        """The stream's events by version."""
        ...


@dataclass(frozen=True, slots=True)
class HistoricEvent:
    """One event of the review, `data` as plain JSON values."""

    event_id: UUID
    type: str
    version: int
    position: int
    recorded_at: datetime
    causation_id: UUID | None
    correlation_id: UUID | None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ReviewHistory:
    """`state` is the row of the read model with entities, keywords and aspects; None while the projection is behind."""

    aggregate_id: UUID
    events: list[HistoricEvent]
    state: dict[str, Any] | None


def review_history(
    pool: ConnectionPool[Any],
    source: StreamSource,
    tenant_id: UUID,
    review_id: UUID,
    *,
    decode: Decode = decode_state,
) -> ReviewHistory | None:
    """Everything about one review, or None when this tenant has no such review."""
    recorded = source.read_stream(review_id)
    if not recorded or recorded[0].tenant_id != tenant_id:
        return None
    with pool.connection() as connection:
        state = state_in(connection, tenant_id, review_id)
    return ReviewHistory(review_id, [historic(event, decode) for event in recorded], state)


def historic(event: RecordedEvent, decode: Decode) -> HistoricEvent:
    """The event for display."""
    where = (event.event_id, event.topic, event.version, event.position, event.recorded_at)
    return HistoricEvent(*where, event.causation_id, event.correlation_id, jsonable(decode(event)))


def state_in(
    connection: Connection[Any], tenant_id: UUID, review_id: UUID, *, schema: str = "public"
) -> dict[str, Any] | None:
    """The review's row with entities, keywords and aspects, from the tables of `schema`."""
    values = {"tenant_id": tenant_id, "review_id": review_id}
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(in_schema("queries/sql/review_state", schema), values).fetchone()
    return None if row is None else dict(jsonable(row))
