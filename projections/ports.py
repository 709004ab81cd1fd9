"""The ports that the runner, rebuild and verify use: the event log, and the store of a projection's versions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from psycopg import Connection
from psycopg_pool import ConnectionPool

from eventstore.model import RecordedEvent
from projections.differences import Differences
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
        before: datetime | None = None,
        streams: Collection[UUID] | None = None,
        shard: tuple[int, int] | None = None,
        batch: int = 5_000,
    ) -> Iterator[list[RecordedEvent]]:
        """Batches of the events with `after` < position <= `until` that pass the filters; none is empty.

        `shard` (number, count) selects all events of a share of the streams.
        """
        ...

    def count(
        self,
        *,
        after: int = 0,
        until: int | None = None,
        topics: Collection[str] | None = None,
        tenant_id: UUID | None = None,
        since: datetime | None = None,
        before: datetime | None = None,
        streams: Collection[UUID] | None = None,
        shard: tuple[int, int] | None = None,
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
    """Content of one table: how many rows, and the sum of a hash of each, independent of their order."""

    rows: int
    checksum: int


Digests: TypeAlias = dict[tuple[str, UUID], Digest]
"""By table and tenant."""


class ProjectionStore(Protocol):
    """One projection, in PostgreSQL or ClickHouse. Positions are always in the registry, in PostgreSQL."""

    name: str
    topics: frozenset[str]
    shape: str
    """Fingerprint of the tables' definition: versions of other shapes cannot be compared."""
    snapshots: bool
    """Whether `digests` sees the connection's snapshot; otherwise the live version is locked meanwhile."""
    pace: int
    """Events a second that a rebuild handles, for estimates."""
    batch: int
    """Positions that a rebuild takes in one step."""
    finishing: float
    """What indexes and comparing take, as a share of what filling takes: for the estimate of a progress bar."""

    def create(self, connection: Connection[Any], version: Version) -> None:
        """Create the empty tables of a version, dropping those of an unfinished attempt first."""
        ...

    def complete(self, connection: Connection[Any], version: Version) -> None:
        """Create what only readers need, such as indexes, after the bulk is filled in."""
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
        """Finish the range that was announced before a crash; does nothing if `pending_to` is None."""
        ...

    def digests(self, connection: Connection[Any], version: Version) -> Digests:
        """The content of each table and tenant, as `connection`'s snapshot sees it where the store can."""
        ...

    def missing(self, connection: Connection[Any], version: Version) -> list[str]:
        """What of a version's tables the server does not have, by name; everything where their container is gone."""
        ...

    def size(self, connection: Connection[Any], version: Version) -> int:
        """Bytes on disk."""
        ...

    def repair(
        self, connection: Connection[Any], live: Version, streams: Sequence[UUID], events: Sequence[RecordedEvent]
    ) -> None:
        """Rebuild these reviews from `events`, all they have up to the version's position, and unpark them.

        In the transaction of `connection`, which locks the live version.
        """
        ...

    def reviews_of(self, connection: Connection[Any], live: Version, tenant_id: UUID) -> set[UUID]:
        """Reviews of a tenant that have rows."""
        ...

    def differences(
        self,
        pool: ConnectionPool[Any],
        source: EventSource,
        streams: Sequence[UUID] | None,
        into: Differences,
        progress: Callable[[int, int], None],
    ) -> Differences:
        """What would change if these reviews, or all, were rebuilt; changes nothing."""
        ...
