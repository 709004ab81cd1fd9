"""Parked streams: a subscriber that could not handle an event parks the event's stream, and continues with all others.

`ParkedStreams` is for subscribers without a store of their own; projections keep theirs beside their rows, see
projections.parking. The subscriber moves its position and these rows under one lock, the row of its position; who unparks
holds it, too. So no event can slip between what was skipped and what is unparked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection, Rollback
from psycopg.rows import class_row
from psycopg_pool import ConnectionPool

from eventstore.model import RecordedEvent
from eventstore.statements import statement

PROJECTION, PUBLISHER = "projection", "publisher"


@dataclass(frozen=True, slots=True)
class ParkedStream:
    """A stream that the subscriber `name` stopped handling at `position`, the first event that failed.

    `stage` is PROJECTION or PUBLISHER; `topic` and `error` are of that event.
    """

    stage: str
    name: str
    stream_id: UUID
    tenant_id: UUID
    position: int
    topic: str
    error: str
    parked_at: datetime


@dataclass(frozen=True, slots=True)
class PoisonEvent:
    """An event that cannot be handled. `error` names what is wrong and quotes nothing of it."""

    event: RecordedEvent
    error: str

    def row(self, name: str) -> dict[str, Any]:
        """Its stream as parked by the subscriber `name`, for a statement."""
        event = self.event
        where = {"name": name, "stream_id": event.stream_id, "tenant_id": event.tenant_id}
        return where | {"position": event.position, "topic": event.topic, "error": self.error}


class ParkedStreams:
    """Which streams are parked. Thread-safe as far as the pool is."""

    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool

    def find(self, name: str | None = None) -> list[ParkedStream]:
        """Those of one subscriber, or of all, oldest first."""
        with self._pool.connection() as connection:
            return _find(connection, name)

    def move(self, name: str, position: int, *, skipped: Collection[UUID], poison: Sequence[PoisonEvent]) -> bool:
        """Move the position and park the streams of `poison`.

        False, and nothing is changed, when one of the `skipped` streams was unparked meanwhile.
        """
        moved = False
        with self._pool.connection() as connection, connection.transaction():
            connection.execute(statement("move_subscription"), {"name": name, "position": position})
            moved = {one.stream_id for one in _find(connection, name)}.issuperset(skipped)
            if not moved:
                raise Rollback
            for one in poison:
                _park(connection, name, one)
        return moved

    @contextmanager
    def lock(self, name: str) -> Iterator[LockedSubscription]:
        """A transaction in which the subscriber's position does not move."""
        with self._pool.connection() as connection, connection.transaction():
            row = connection.execute(statement("lock_subscription"), {"name": name}).fetchone()
            yield LockedSubscription(connection, name, int(row[0]) if row else 0)


@dataclass(frozen=True, slots=True)
class LockedSubscription:
    """A subscriber that stays at `position` until the transaction ends."""

    connection: Connection[Any]
    name: str
    position: int

    def parked(self) -> list[ParkedStream]:
        """What is parked now."""
        return _find(self.connection, self.name)

    def unpark(self, stream_id: UUID) -> None:
        """The stream is parked no more: its events up to `position` were handled."""
        self.connection.execute(statement("unpark_stream"), {"name": self.name, "stream_id": stream_id})

    def park(self, poison: PoisonEvent) -> None:
        """It is parked from a later event on."""
        _park(self.connection, self.name, poison)


def _find(connection: Connection[Any], name: str | None) -> list[ParkedStream]:
    with connection.cursor(row_factory=class_row(ParkedStream)) as cursor:
        return cursor.execute(statement("parked_streams"), {"name": name}).fetchall()


def _park(connection: Connection[Any], name: str, poison: PoisonEvent) -> None:
    connection.execute(statement("park_stream"), poison.row(name))
