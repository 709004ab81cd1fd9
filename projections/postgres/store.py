"""A projection whose versions are schemas in PostgreSQL: rows and position in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from psycopg import Connection, Cursor, sql
from psycopg_pool import ConnectionPool

from connectors.faults import Fault
from connectors.postgres import FAULTS
from eventstore.model import RecordedEvent
from projections import parking, registry
from projections.decoding import Decoded, Decoder, Poison
from projections.postgres.projector import Changes, Projector, write
from projections.registry import Version
from projections.statements import in_schema, on_table, statement, text
from projections.store import Digest, EventSource
from schemas import failpoints

Apply: TypeAlias = Callable[[Cursor[Any], Version, Sequence[Decoded]], None]
REFUSED: tuple[type[Exception], ...] = (*FAULTS.named(Fault.POISON), ValueError)
"""What one event's content can be to blame for."""


class PostgresStore:
    """Keeps one projector's versions. Used by one thread at a time; takes one connection while it works."""

    snapshots = True
    pace = 30_000
    batch = 10_000

    def __init__(self, pool: ConnectionPool[Any], projector: Projector, decoder: Decoder | None = None) -> None:
        self.name, self.topics = projector.name, projector.topics
        self.projector = projector
        self._pool, self._decoder = pool, decoder or Decoder()
        self._sql = f"postgres/sql/{projector.name}"
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
            return self._advance(at, to, decoded, poison, self._apply_singly)

    def advance_prepared(self, at: Version, changes: Changes, to: int) -> Version:
        """The same with changes that `projector.prepare` made elsewhere, for a version without parked streams."""
        with self._pool.connection() as connection, connection.transaction(), connection.cursor() as cursor:
            moved = registry.move(connection, at, to)
            write(cursor, self.projector, at.target, changes)
        return moved

    def parks(self, at: Version) -> bool:
        """Whether streams of this version stand aside."""
        with self._pool.connection() as connection:
            return any(one.version == at.version for one in parking.parked(connection, self.name))

    def purge(
        self, connection: Connection[Any], at: Version, *, tenant_id: UUID | None, streams: Sequence[UUID] | None
    ) -> None:
        """Delete the rows of these reviews, or of the whole tenant when `streams` is None; unpark them."""
        path = "purge_tenant" if streams is None else "purge_reviews"
        values = {"tenant_id": tenant_id, "reviews": None if streams is None else list(streams)}
        for table in self.projector.tables:
            connection.execute(on_table(f"postgres/sql/{path}", at.target, table), values)
        parking.release(connection, at, tenant_id=tenant_id, streams=streams)

    def reapply(self, connection: Connection[Any], at: Version, events: Sequence[RecordedEvent]) -> None:
        """Apply events up to the version's position once more, to rows that were purged, in the caller's transaction."""
        decoded, poison = self._decoder(events, self.topics)
        sifted = parking.sift(connection, at, decoded, poison)
        with connection.cursor() as cursor:
            try:
                with connection.transaction():
                    self._apply(cursor, at, sifted)
            except REFUSED:
                self._apply_singly(cursor, at, sifted)

    def _advance(
        self, at: Version, to: int, decoded: Sequence[Decoded], poison: Sequence[Poison], apply: Apply
    ) -> Version:
        with self._pool.connection() as connection, connection.transaction(), connection.cursor() as cursor:
            # First, because it takes the row's lock: a switch waits for us, and we never write in vain.
            moved = registry.move(connection, at, to)
            apply(cursor, at, parking.sift(connection, at, decoded, poison))
            failpoints.hit("postgres.before_commit")
        failpoints.hit("postgres.committed")
        return moved

    def _apply(self, cursor: Cursor[Any], at: Version, decoded: Sequence[Decoded]) -> None:
        write(cursor, self.projector, at.target, self.projector.prepare(decoded))

    def _apply_singly(self, cursor: Cursor[Any], at: Version, decoded: Sequence[Decoded]) -> None:
        """Event by event, each in a savepoint, so that only those that the tables refuse are parked."""
        aside: set[UUID] = set()
        for one in decoded:
            if one.at.stream_id in aside:
                continue
            try:
                with cursor.connection.transaction():
                    self._apply(cursor, at, [one])
            except REFUSED as error:
                aside.add(one.at.stream_id)
                parking.park(cursor.connection, at, [Poison(one.at, f"refused: {type(error).__name__}")])

    def recover(self, at: Version, source: EventSource) -> Version:
        """Nothing to do: rows and position are of one transaction."""
        del source
        return at

    def digests(self, connection: Connection[Any], version: Version) -> dict[str, Digest]:
        """Rows and checksum of each table, as the connection's snapshot sees them."""
        return {table: _digest(connection, version.target, table) for table in self.projector.tables}

    def size(self, connection: Connection[Any], version: Version) -> int:
        """Bytes on disk with indexes."""
        row = connection.execute(statement("postgres/sql/size"), {"schema": version.target}).fetchone()
        assert row is not None
        return int(row[0])


def _digest(connection: Connection[Any], schema: str, table: str) -> Digest:
    row = connection.execute(on_table("postgres/sql/digest", schema, table)).fetchone()
    assert row is not None
    return Digest(int(row[0]), int(row[1]))
