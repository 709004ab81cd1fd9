"""Parked streams of projections: an event that cannot be projected is parked with its stream's later events.

The projection continues without them; after a fix, `projections.rebuild.unpark` applies them. Rows belong to a version: in
the transaction of what was applied, where the store has transactions.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, TypeAlias
from uuid import UUID

import structlog
from psycopg import Connection
from psycopg.rows import class_row

from eventstore.parking import ParkedStream, PoisonEvent
from projections.decoder import Decoded
from projections.registry import Version
from projections.statements import statement
from schemas.errors import TransientError
from telemetry.metrics import PARKED

log = structlog.get_logger(__name__)
Range: TypeAlias = tuple[int, int]
"""The first and the last position that a stream is parked for; sys.maxsize while it is not being unparked."""


def park_and_skip(
    connection: Connection[Any], at: Version, events: Sequence[Decoded], poison: Sequence[PoisonEvent]
) -> Sequence[Decoded]:
    """Park `poison`; then those of the events that are not parked.

    The same events give the same answer when they come again after a crash.
    """
    park(connection, at, poison)
    return skip_parked(connection, at, events)


def skip_parked(connection: Connection[Any], at: Version, events: Sequence[Decoded]) -> Sequence[Decoded]:
    """The events that stand before the first parked one of their stream, or after the last."""
    parked = ranges(connection, at)
    if not parked:
        return events
    return [each for each in events if not _within(each.at.position, parked.get(each.at.stream_id))]


def ranges(connection: Connection[Any], at: Version) -> dict[UUID, Range]:
    """What a version skips, by stream."""
    rows = connection.execute(statement("sql/parked_ranges"), {"name": at.name, "version": at.version}).fetchall()
    return {stream: (since, until or sys.maxsize) for stream, since, until in rows}


def _within(position: int, parked: Range | None) -> bool:
    return parked is not None and parked[0] <= position <= parked[1]


def park(connection: Connection[Any], at: Version, poison: Sequence[PoisonEvent]) -> None:
    """Record each stream with the first of its events that failed.

    Raises TransientError for a stream that is just being unparked: it can be parked again after that.
    """
    for one in poison:
        row = connection.execute(statement("sql/park"), one.row(at.name) | {"version": at.version}).fetchone()
        assert row is not None
        if row[1]:
            raise TransientError(f"projection {at.name}: a parked stream is being unparked; finish that, then continue")
        if row[0]:
            PARKED.labels(at.name).inc()
            log.warning("projection.parked", projection=at.name, version=at.version, position=one.event.position)


def parked(connection: Connection[Any], at: Version) -> list[ParkedStream]:
    """What a version has parked, oldest first."""
    return _find(connection, "parked_by_version", {"name": at.name, "version": at.version})


def parked_live(connection: Connection[Any], name: str | None = None) -> list[ParkedStream]:
    """What the live version of one projection has parked, or of all, oldest first."""
    return _find(connection, "parked_live", {"name": name})


def _find(connection: Connection[Any], query: str, values: dict[str, Any]) -> list[ParkedStream]:
    with connection.cursor(row_factory=class_row(ParkedStream)) as cursor:
        return cursor.execute(statement(f"sql/{query}"), values).fetchall()


def announce_unpark(connection: Connection[Any], at: Version, stream_id: UUID, until: int) -> None:
    """The stream's events up to `until` are about to be applied; later ones are from now on, as they come."""
    values = {"name": at.name, "version": at.version, "stream_id": stream_id, "position": until}
    connection.execute(statement("sql/announce_unpark"), values)


def unpark(connection: Connection[Any], at: Version, streams: Sequence[UUID]) -> None:
    """These streams are parked no more; the caller applies them."""
    connection.execute(statement("sql/unpark"), {"name": at.name, "version": at.version, "streams": list(streams)})
