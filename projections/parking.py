"""Streams that stand aside: an event that cannot be projected is parked with its stream's later events.

The projection goes on without them; after a fix, `projections.rebuild.unpark` applies them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from psycopg import Connection
from psycopg.rows import class_row

from projections.decoder import Decoded, Poison
from projections.registry import Version
from projections.statements import statement
from schemas.errors import TransientError
from telemetry.metrics import PARKED

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ParkedStream:
    """A stream parked by a projection version since `position`."""

    name: str
    version: int
    stream_id: UUID
    tenant_id: UUID
    position: int
    topic: str
    error: str
    release_to: int | None
    parked_at: datetime


def sift(
    connection: Connection[Any], at: Version, events: Sequence[Decoded], poison: Sequence[Poison]
) -> Sequence[Decoded]:
    """Park `poison`; give back the events that stand before the first parked one of their stream.

    The same events give the same answer when they come again after a crash.
    """
    park(connection, at, poison)
    rows = connection.execute(statement("sql/parked"), {"name": at.name, "version": at.version}).fetchall()
    if not rows:
        return events
    aside = {stream: (since, until or sys.maxsize) for stream, since, until in rows}
    return [e for e in events if not _within(e.at.position, aside.get(e.at.stream_id))]


def _within(position: int, parked_range: tuple[int, int] | None) -> bool:
    return parked_range is not None and parked_range[0] <= position <= parked_range[1]


def park(connection: Connection[Any], at: Version, poison: Sequence[Poison]) -> None:
    """Record each stream with the first of its events that failed.

    Raises TransientError for a stream that is just being readmitted: it can be parked anew after that.
    """
    for one in poison:
        named = {"stream_id": one.at.stream_id, "tenant_id": one.at.tenant_id, "topic": one.at.topic}
        where = {"name": at.name, "version": at.version, "position": one.at.position, "error": one.error}
        row = connection.execute(statement("sql/park"), named | where).fetchone()
        assert row is not None
        if row[1]:
            raise TransientError(f"projection {at.name}: a parked stream is being readmitted; finish that, then go on")
        if row[0]:
            PARKED.labels(at.name).inc()
            log.warning("projection.parked", projection=at.name, version=at.version, position=one.at.position)


def parked(connection: Connection[Any], name: str | None = None) -> list[ParkedStream]:
    """What is parked now, by one projection or by all."""
    with connection.cursor(row_factory=class_row(ParkedStream)) as cursor:
        return cursor.execute(statement("sql/list_parked"), {"name": name}).fetchall()


def release(
    connection: Connection[Any], at: Version, *, tenant_id: UUID | None = None, streams: Sequence[UUID] | None = None
) -> None:
    """Forget that these streams, or all of a tenant, were parked; the caller applies them."""
    listed = None if streams is None else list(streams)
    values = {"name": at.name, "version": at.version, "tenant_id": tenant_id, "streams": listed}
    connection.execute(statement("sql/unpark"), values)
