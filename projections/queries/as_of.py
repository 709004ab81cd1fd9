"""One review as it was: its events up to a position, and the row that the read model had there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from psycopg import Connection
from psycopg_pool import ConnectionPool

from eventstore.model import RecordedEvent
from projections.decoder import Decode, Decoded, Decoder, decode_state
from projections.postgres.feedback import FeedbackProjector
from projections.postgres.postgres_store import REFUSED
from projections.postgres.projector import Projector, write
from projections.postgres.reviews import ReviewsProjector
from projections.queries.history import ReviewHistory, StreamSource, historic, state_in
from projections.statements import in_schema
from schemas.errors import InvalidInput

TEMPORARY = "pg_temp"
"""PostgreSQL's alias for the session's own temporary schema."""
SHOWN: tuple[Projector, ...] = (ReviewsProjector(), FeedbackProjector())
"""What is shown of a review comes from these."""


class Positions(Protocol):
    """The event log's mapping of times to positions."""

    def head(self) -> int:
        """Position of the newest event."""
        ...

    def position_at(self, time: datetime) -> int:
        """Position of the last event recorded at or before `time`."""
        ...


def position_of(source: Positions, at: int | datetime) -> int:
    """The last position that had been recorded at `at`, a position or an aware time; the future is now.

    Raises InvalidInput for a position that does not exist yet.
    """
    if isinstance(at, datetime):
        return source.position_at(at)
    if at > (head := source.head()):
        raise InvalidInput(
            f"at: position {at} is beyond the end of the event log; its last position is {head}", field="at"
        )
    return at


def review_as_of(
    pool: ConnectionPool[Any],
    source: StreamSource,
    tenant_id: UUID,
    review_id: UUID,
    position: int,
    *,
    decode: Decode = decode_state,
) -> ReviewHistory | None:
    """The review as it was at `position`, from its events alone, or None when this tenant has no such review.

    Raises InvalidInput when the review did not exist yet.
    """
    recorded = source.read_stream(review_id)
    if not recorded or recorded[0].tenant_id != tenant_id:
        return None
    until = [event for event in recorded if event.position <= position]
    if not until:
        raise _not_there_yet(recorded[0], position)
    state = _state(pool, tenant_id, review_id, _readable(until, decode))
    return ReviewHistory(review_id, [historic(event, decode) for event in until], state)


def _not_there_yet(first: RecordedEvent, position: int) -> InvalidInput:
    since = f"position {first.position}, time {first.recorded_at.isoformat()}"
    return InvalidInput(
        f"at: at position {position} review {first.stream_id} did not exist yet; its first event is at {since}: "
        "ask for that or later",
        field="at",
    )


def _readable(events: Sequence[RecordedEvent], decode: Decode) -> list[Decoded]:
    """The events that the read model uses, up to one that would have parked the review."""
    decoded, poison = Decoder(decode)(events, frozenset().union(*(each.topics for each in SHOWN)))
    return [one for one in decoded if not poison or one.at.position < poison[0].event.position]


def _state(
    pool: ConnectionPool[Any], tenant_id: UUID, review_id: UUID, events: Iterable[Decoded]
) -> dict[str, Any] | None:
    """Uses the read model's own tables and statements, so that there is one set of rules; rolled back at the end."""
    with pool.connection() as connection, connection.transaction(force_rollback=True):
        for each in SHOWN:
            connection.execute(in_schema(f"postgres/sql/{each.name}/tables", TEMPORARY))
        for event in events:
            if not _apply(connection, event):
                break
        return state_in(connection, tenant_id, review_id, schema=TEMPORARY)


def _apply(connection: Connection[Any], event: Decoded) -> bool:
    """False when the tables refuse the event: the read model, fed by single events, would have parked the review."""
    projectors = [each for each in SHOWN if event.at.topic in each.topics]
    try:
        with connection.transaction(), connection.cursor() as cursor:
            for projector in projectors:
                write(cursor, projector, TEMPORARY, projector.prepare([event]))
    except REFUSED:
        return False
    return True
