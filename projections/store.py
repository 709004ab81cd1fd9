"""What the runner, rebuild and verify ask of the place where a projection's versions are kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from psycopg import Connection

from eventstore.model import RecordedEvent
from projections.registry import Version


class EventSource(Protocol):
    """The event log as projections read it; eventstore.log.EventLog."""

    def head(self) -> int:
        """Position of the newest event."""
        ...

    def scan(
        self,
        after: int = 0,
        until: int | None = None,
        *,
        topics: Collection[str] | None = None,
        tenant_id: UUID | None = None,
        since: datetime | None = None,
        batch: int = 5_000,
    ) -> Iterator[list[RecordedEvent]]:
        """Batches of the events with `after` < position <= `until` that pass the filters; none is empty."""
        ...

    def count(
        self,
        *,
        after: int = 0,
        until: int | None = None,
        topics: Collection[str] | None = None,
        tenant_id: UUID | None = None,
        since: datetime | None = None,
    ) -> int:
        """How many events `scan` would give."""
        ...

    def read_streams(
        self, stream_ids: Collection[UUID], *, topics: Collection[str] | None = None
    ) -> dict[UUID, list[RecordedEvent]]:
        """The events of each stream by version."""
        ...


@dataclass(frozen=True, slots=True)
class Digest:
    """Content of one table: how many rows, and the sum of a hash of each, whatever their order."""

    rows: int
    checksum: int


class Store(Protocol):
    """One projection, in PostgreSQL or ClickHouse. Positions always stand in the registry, in PostgreSQL."""

    name: str
    topics: frozenset[str]
    shape: str
    """Fingerprint of the tables' definition: versions of other shapes cannot be compared."""
    snapshots: bool
    """Whether `digests` sees the connection's snapshot; otherwise the live version is kept still meanwhile."""
    pace: int
    """Events a second that a rebuild handles, for estimates."""
    batch: int
    """Positions that a rebuild takes in one step."""

    def create(self, connection: Connection[Any], version: Version) -> None:
        """Make the empty tables of a version, those of an unfinished attempt dropped first."""
        ...

    def complete(self, connection: Connection[Any], version: Version) -> None:
        """Make what only reading needs, after the bulk is filled in."""
        ...

    def publish(self, connection: Connection[Any], version: Version) -> None:
        """Point the stable views at a version; in the transaction of the switch where the store can."""
        ...

    def drop(self, connection: Connection[Any], version: Version) -> None:
        """Remove a version's tables."""
        ...

    def advance(self, at: Version, events: Sequence[RecordedEvent], to: int) -> Version:
        """Apply the events of (at.position, to] exactly once and move to `to`.

        Events with other topics than `topics` may be missing. Raises PositionMoved when `at` is out of date.
        """
        ...

    def recover(self, at: Version, source: EventSource) -> Version:
        """Finish the range that was announced before a crash; nothing where `pending_to` is None."""
        ...

    def digests(self, connection: Connection[Any], version: Version) -> dict[str, Digest]:
        """The content of each table, as `connection`'s snapshot sees it where the store can."""
        ...

    def size(self, connection: Connection[Any], version: Version) -> int:
        """Bytes on disk."""
        ...
