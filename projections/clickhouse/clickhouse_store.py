"""A projection whose versions are databases in ClickHouse, which has no transactions: intent, tokens, settlement.

1. The range (from, to] is announced in the registry and committed.
2. Each table gets its rows with a deduplication token made of that range.
3. The registry's position becomes `to`.
After a crash in between, the same range is read again and inserted with the same tokens: what stood already is skipped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from clickhouse_driver import Client
from psycopg import Connection
from psycopg_pool import ConnectionPool

from connectors.clickhouse import require_recent
from eventstore.model import RecordedEvent
from projections import parking, registry
from projections.clickhouse import rollup_correction, schema
from projections.clickhouse.accepted import TOPICS, accepted
from projections.clickhouse.clients import Clients
from projections.clickhouse.rows import COLUMNS, TABLES, Row, rows
from projections.decoder import Decoded, Decoder
from projections.differences import Differences
from projections.ports import Digest, Digests, EventSource
from projections.registry import Version
from telemetry import failpoints

MANY = 10_000
"""Events of a batch from which on its tables are written side by side."""
LATER = frozenset({"topic_periods"})
"""Tables that versions of earlier releases do not have."""
INSERT_SETTINGS = {"max_partitions_per_insert_block": 0, "insert_deduplicate": 1}
"""Reviews of many years come in one batch, and each month is a partition."""


class ClickHouseStore:
    """Keeps the analytics versions. `connect` makes a client for each thread, because clients are not shared."""

    topics = TOPICS
    snapshots = False
    pace = 30_000
    batch = 100_000  # an insert costs a part for every month in it, however few the rows; vectors need memory
    finishing = 0.05

    def __init__(
        self,
        pool: ConnectionPool[Any],
        connect: Callable[[], Client],
        *,
        decoder: Decoder | None = None,
        name: str = "analytics",
        cluster: str = "",
    ) -> None:
        self.name, self.cluster = name, cluster
        self._older: dict[str, Sequence[str]] = {}
        self.clients = Clients(connect)
        self._pool, self._decoder = pool, decoder or Decoder()
        ddl = "".join(schema.create_statements("shape", cluster))
        self.shape = hashlib.sha256(ddl.encode()).hexdigest()[:16]

    def create(self, connection: Connection[Any], version: Version) -> None:
        """Make the empty tables of a version in a database of their own. Raises Unavailable for too old a server."""
        del connection
        require_recent(self.clients.execute)
        self._run(schema.create_statements(version.target, self.cluster))

    def complete(self, connection: Connection[Any], version: Version) -> None:
        """Nothing to do: the tables' order is their index."""

    def publish(self, connection: Connection[Any], version: Version) -> None:
        """Point the stable views for outsiders at this version; our own queries ask the registry."""
        del connection
        self._run(schema.view_statements(version.target, self.name, self.cluster, tables=self.tables(version)))

    def drop(self, connection: Connection[Any], version: Version) -> None:
        """Remove the version's database."""
        del connection
        self._run([schema.drop_statement(version.target, self.cluster)])

    def advance(self, at: Version, events: Sequence[RecordedEvent], to: int) -> Version:
        """Insert what the events stand for exactly once and move to `to`. Raises PositionMoved."""
        decoded, poison = accepted(self._decoder, [e for e in events if at.position < e.position <= to])
        with self._pool.connection() as connection, connection.transaction():
            if not decoded and not poison:
                return registry.move(connection, at, to)
            intended = registry.intend(connection, at, to)
            due = parking.park_and_skip(connection, at, decoded, poison)
        failpoints.hit("clickhouse.announced")
        return self._write(intended, due)

    def recover(self, at: Version, source: EventSource) -> Version:
        """Insert the announced range again, whatever of it stands already, and settle."""
        if at.pending_to is None:
            return at
        failpoints.hit("clickhouse.recovering")
        pages = source.scan(at.position, at.pending_to, topics=self.topics, shard=at.shard)
        decoded, poison = accepted(self._decoder, [event for page in pages for event in page])
        with self._pool.connection() as connection, connection.transaction():
            due = parking.park_and_skip(connection, at, decoded, poison)
        return self._write(at, due)

    def accepts(self, events: Sequence[RecordedEvent]) -> bool:
        """Whether none of the events would be parked."""
        return not accepted(self._decoder, events)[1]

    def add_missed(self, at: Version, events: Sequence[RecordedEvent], token: str) -> None:
        """Insert what a parked stream missed, once for each `token`."""
        decoded, _ = accepted(self._decoder, events)
        self._insert_all(at, decoded, f"{at.name}:{at.version}:{token}")

    def _write(self, at: Version, events: Sequence[Decoded]) -> Version:
        self._insert_all(at, events, _token(at))
        failpoints.hit("clickhouse.inserted")
        with self._pool.connection() as connection:
            settled = registry.settle(connection, at)
        failpoints.hit("clickhouse.settled")
        return settled

    def repair(
        self, connection: Connection[Any], live: Version, streams: Sequence[UUID], events: Sequence[RecordedEvent]
    ) -> None:
        """Replace wrong facts of these reviews and correct the sums of their days; unpark them first."""
        parking.unpark(connection, live, streams)
        decoded, poison = accepted(self._decoder, events)
        due = parking.park_and_skip(connection, live, decoded, poison)
        rollup_correction.repair_in_place(self, live, streams, due)

    def reviews_of(self, connection: Connection[Any], live: Version, tenant_id: UUID) -> set[UUID]:
        """Reviews of a tenant that count or have a vector."""
        del connection
        query = schema.render("reviews_of", database=live.target)
        return {row[0] for row in self.clients.execute(query, {"tenant_id": tenant_id})}

    def differences(
        self,
        pool: ConnectionPool[Any],
        source: EventSource,
        streams: Sequence[UUID] | None,
        into: Differences,
        progress: Callable[[int, int], None],
    ) -> Differences:
        """Which rows would differ if these reviews, or all, were rebuilt; changes nothing."""
        return rollup_correction.differences(pool, self, source, streams, into, progress)

    def countable(
        self, connection: Connection[Any], live: Version, events: Sequence[RecordedEvent]
    ) -> Sequence[Decoded]:
        """Those of the events that the live version counts."""
        return parking.skip_parked(connection, live, accepted(self._decoder, events)[0])

    def _insert_all(self, at: Version, events: Sequence[Decoded], token: str) -> None:
        made = [(table, lines) for table, lines in rows(events).items() if lines]
        if made:
            there = self.tables(at)
            made = [(table, lines) for table, lines in made if table in there]

        def insert(one: tuple[str, list[Row]]) -> None:
            self.insert(at.target, *one, token)
            failpoints.hit("clickhouse.partly_inserted")

        if len(events) < MANY:
            for one in made:
                insert(one)
            return
        with ThreadPoolExecutor(len(made) or 1, "clickhouse-insert") as threads:
            list(threads.map(insert, made))

    def insert(self, database: str, table: str, lines: Sequence[tuple[Any, ...]], token: str) -> None:
        """Insert rows once for each `token`."""
        insert = f"INSERT INTO {database}.{table} ({COLUMNS[table]}) VALUES"
        settings = INSERT_SETTINGS | {"insert_deduplication_token": token}
        self.clients.execute(insert, lines, settings=settings)

    def insert_from(self, database: str, table: str, query: str, values: dict[str, Any], token: str) -> None:
        """Insert what a query finds, once for each `token`."""
        settings = INSERT_SETTINGS | {"insert_deduplication_token": token}
        self.clients.execute(f"INSERT INTO {database}.{table} ({COLUMNS[table]}) {query}", values, settings=settings)

    def digests(self, connection: Connection[Any], version: Version) -> Digests:
        """Rows and checksum of each table's meaning by tenant, parts merged or not."""
        del connection
        return {
            (table, tenant): Digest(count, checksum)
            for table in self.tables(version)
            for tenant, count, checksum in self.clients.execute(
                schema.render(f"digests/{table}", database=version.target)
            )
        }

    def tables(self, at: Version) -> Sequence[str]:
        """The tables of a version: one that an earlier release built does without those that came later, until a replay."""
        if at.shape == self.shape:
            return TABLES
        if at.target not in self._older:
            found = self._found(at)
            self._older[at.target] = [table for table in TABLES if table not in LATER or table in found]
        return self._older[at.target]

    def _found(self, version: Version) -> set[str]:
        return {row[0] for row in self.clients.execute(schema.render("tables_of", database=version.target))}

    def missing(self, connection: Connection[Any], version: Version) -> list[str]:
        """Those of the version's tables that are not in its database, or the database."""
        del connection
        if not self.clients.execute(schema.render("database_exists", database=version.target))[0][0]:
            return [f"database {version.target} in ClickHouse"]
        found, due = self._found(version), self.tables(version)
        return [f"table {version.target}.{table} in ClickHouse" for table in due if table not in found]

    def rows(self) -> int:
        """How many facts all versions have together, whether the registry knows them or not."""
        return int(self.clients.execute(schema.render("all_rows", database=self.name))[0][0] or 0)

    def size(self, connection: Connection[Any], version: Version) -> int:
        """Bytes on disk."""
        del connection
        return int(self.clients.execute(schema.render("size", database=version.target))[0][0])

    def _run(self, statements: Sequence[str]) -> None:
        for statement in statements:
            self.clients.execute(statement)


def _token(at: Version) -> str:
    """Names the range that is being written, and whose share of it."""
    share = f":{at.shard[0]}/{at.shard[1]}" if at.shard else ""
    return f"{at.name}:{at.version}:{at.position}-{at.pending_to}{share}"
