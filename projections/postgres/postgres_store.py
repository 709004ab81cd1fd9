"""A projection whose versions are schemas in PostgreSQL: rows and position in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from psycopg import Connection, Cursor, sql
from psycopg_pool import ConnectionPool

from connectors.faults import Fault
from connectors.isolate import Bad, isolate
from connectors.postgres import FAULTS
from eventstore.model import RecordedEvent
from eventstore.parking import PoisonEvent
from projections import parking, registry
from projections.decoder import Decoded, Decoder
from projections.differences import Differences
from projections.ports import Digest, Digests, EventSource
from projections.postgres.dry_run_diff import dry_run_diff
from projections.postgres.projector import Projector, write
from projections.registry import Version
from projections.statements import in_schema, on_table, statement, text
from telemetry import failpoints
from telemetry.error_text import named_text

Apply: TypeAlias = Callable[[Cursor[Any], Version, Sequence[Decoded]], None]
SQL = "postgres/sql"
REFUSED: tuple[type[Exception], ...] = (*FAULTS.named(Fault.POISON), ValueError)
"""What one event's content can be to blame for."""


def _is_refusal(error: Exception) -> bool:
    return isinstance(error, REFUSED)


def _stream(decoded: Decoded) -> UUID:
    return decoded.at.stream_id


class PostgresStore:
    """Keeps one projector's versions. Used by one thread at a time; takes one connection while it works."""

    snapshots = True
    pace = 30_000
    batch = 10_000
    finishing = 0.25

    def __init__(self, pool: ConnectionPool[Any], projector: Projector, decoder: Decoder | None = None) -> None:
        self.name, self.topics = projector.name, projector.topics
        self.projector = projector
        self._pool, self._decoder = pool, decoder or Decoder()
        self._sql = f"{SQL}/{projector.name}"
        ddl = text(f"{self._sql}/tables") + text(f"{self._sql}/indexes")
        self.shape = hashlib.sha256(ddl.encode()).hexdigest()[:16]

    def create(self, connection: Connection[Any], version: Version) -> None:
        """Make the empty tables of a version in a schema of their own."""
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(version.target)))
        connection.execute(in_schema(f"{self._sql}/tables", version.target))

    def complete(self, connection: Connection[Any], version: Version) -> None:
        """Make the indexes for reading, and gather the planner's statistics."""
        connection.execute(in_schema(f"{self._sql}/indexes", version.target))
        for table in self.projector.tables:
            connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(version.target, table)))

    def publish(self, connection: Connection[Any], version: Version) -> None:
        """Point the stable views at this version's schema."""
        connection.execute(in_schema(f"{self._sql}/views", version.target))

    def drop(self, connection: Connection[Any], version: Version) -> None:
        """Remove the version's schema."""
        connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(version.target)))

    def advance(self, at: Version, events: Sequence[RecordedEvent], to: int) -> Version:
        """Apply the events and move to `to`, in one transaction. Raises PositionMoved."""
        decoded, poison = self._decoder([e for e in events if at.position < e.position <= to], self.topics)
        try:
            return self._advance(at, to, decoded, poison, self._apply)
        except REFUSED:
            return self._advance(at, to, decoded, poison, self._apply_and_park)

    def repair(
        self, connection: Connection[Any], live: Version, streams: Sequence[UUID], events: Sequence[RecordedEvent]
    ) -> None:
        """Delete the rows of these reviews, unpark them, and apply their events, in the caller's transaction."""
        for table in self.projector.tables:
            connection.execute(on_table(f"{SQL}/purge_reviews", live.target, table), {"reviews": list(streams)})
        parking.unpark(connection, live, streams)
        self._reapply(connection, live, events)

    def reviews_of(self, connection: Connection[Any], live: Version, tenant_id: UUID) -> set[UUID]:
        """Reviews of a tenant that have rows in any table."""
        asked = [on_table(f"{SQL}/reviews_of", live.target, table) for table in self.projector.tables]
        return {row[0] for query in asked for row in connection.execute(query, {"tenant_id": tenant_id})}

    def differences(
        self,
        pool: ConnectionPool[Any],
        source: EventSource,
        streams: Sequence[UUID] | None,
        into: Differences,
        progress: Callable[[int, int], None],
    ) -> Differences:
        """Which rows would differ if these reviews, or all, were rebuilt; changes nothing."""
        return dry_run_diff(pool, self, source, streams, into, progress)

    def apply_dry_run(
        self, connection: Connection[Any], live: Version, made: Version, events: Sequence[RecordedEvent]
    ) -> None:
        """Apply what `live` would apply to `made`; what the tables refuse is left out, as parking would."""
        decoded, _ = self._decoder(events, self.topics)
        with connection.cursor() as cursor:
            self._apply_good(cursor, made, parking.skip_parked(connection, live, decoded))

    def _reapply(self, connection: Connection[Any], at: Version, events: Sequence[RecordedEvent]) -> None:
        decoded, poison = self._decoder(events, self.topics)
        with connection.cursor() as cursor:
            self._apply_and_park(cursor, at, parking.park_and_skip(connection, at, decoded, poison))

    def _advance(
        self, at: Version, to: int, decoded: Sequence[Decoded], poison: Sequence[PoisonEvent], apply: Apply
    ) -> Version:
        with self._pool.connection() as connection, connection.transaction(), connection.cursor() as cursor:
            # First, because it takes the row's lock: a switch waits for us, and we never write in vain.
            moved = registry.move(connection, at, to)
            apply(cursor, at, parking.park_and_skip(connection, at, decoded, poison))
            failpoints.hit("postgres.before_commit")
        failpoints.hit("postgres.committed")
        return moved

    def _apply(self, cursor: Cursor[Any], at: Version, decoded: Sequence[Decoded]) -> None:
        write(cursor, self.projector, at.target, self.projector.prepare(decoded))

    def _apply_and_park(self, cursor: Cursor[Any], at: Version, decoded: Sequence[Decoded]) -> None:
        """What the tables refuse is parked."""
        bad = self._apply_good(cursor, at, decoded)
        poison = [PoisonEvent(one.item.at, f"refused: {named_text(one.error)}") for one in bad]
        parking.park(cursor.connection, at, poison)

    def _apply_good(self, cursor: Cursor[Any], at: Version, decoded: Sequence[Decoded]) -> list[Bad[Decoded]]:
        """All but what the tables refuse and its stream's later events, each part in a savepoint.

        What a later event of the same part overwrites is not seen, as in a batch that is taken whole.
        """

        def apply(part: Sequence[Decoded]) -> None:
            with cursor.connection.transaction():
                self._apply(cursor, at, part)

        return isolate(decoded, apply, blames=_is_refusal, group=_stream)

    def recover(self, at: Version, source: EventSource) -> Version:
        """Nothing to do: rows and position are of one transaction."""
        del source
        return at

    def digests(self, connection: Connection[Any], version: Version) -> Digests:
        """Rows and checksum of each table and tenant, as the connection's snapshot sees them."""
        return {
            (table, tenant): Digest(count, int(checksum))
            for table in self.projector.tables
            for tenant, count, checksum in connection.execute(on_table(f"{SQL}/digest", version.target, table))
        }

    def missing(self, connection: Connection[Any], version: Version) -> list[str]:
        """Those of the version's tables that are not in its schema."""
        found = {row[0] for row in connection.execute(statement(f"{SQL}/tables_of"), {"schema": version.target})}
        return [f"table {version.target}.{table}" for table in self.projector.tables if table not in found]

    def size(self, connection: Connection[Any], version: Version) -> int:
        """Bytes on disk with indexes."""
        row = connection.execute(statement(f"{SQL}/size"), {"schema": version.target}).fetchone()
        assert row is not None
        return int(row[0])
