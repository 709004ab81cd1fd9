"""A replay that is not meant: in a schema of its own, in one snapshot, and rolled back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Protocol
from uuid import UUID

from psycopg import Connection, sql
from psycopg_pool import ConnectionPool

from eventstore.model import RecordedEvent
from projections import registry
from projections.differences import Difference, Differences
from projections.fill import BATCH
from projections.histories import whole_streams
from projections.ports import EventSource
from projections.postgres.projector import Projector
from projections.registry import Version
from projections.statements import statement, text

SQL = "postgres/sql"
SINGLE = frozenset({"processed_reviews", "saga_progress"})
"""Tables with one row a review, of which columns can be compared."""


class DryRunStore(Protocol):
    """What a dry run asks of the store; projections.postgres.postgres_store.PostgresStore."""

    name: str
    topics: frozenset[str]
    projector: Projector

    def create(self, connection: Connection[Any], version: Version) -> None:
        """Make the empty tables of a version in a schema of their own."""
        ...

    def apply_dry_run(
        self, connection: Connection[Any], live: Version, made: Version, events: Sequence[RecordedEvent]
    ) -> None:
        """Apply what `live` would apply to `made`."""
        ...


def dry_run_diff(
    pool: ConnectionPool[Any],
    store: DryRunStore,
    source: EventSource,
    streams: Sequence[UUID] | None,
    into: Differences,
    progress: Callable[[int, int], None],
) -> Differences:
    """Fill an empty schema from the events of these reviews, or of all, and list where the live version differs."""
    with pool.connection() as connection, connection.transaction(force_rollback=True):
        connection.execute(statement("sql/one_snapshot"))
        live = registry.live_or_fail(connection, store.name)
        made = replace(live, version=0)
        store.create(connection, made)
        for events in _pages(store, source, live, streams):
            store.apply_dry_run(connection, live, made, events)
            into.events += len(events)
            progress(into.events, max(into.events, into.expected))
        into.position = live.position
        for table in store.projector.tables:
            for found in _differences(connection, table, live, made, streams, into):
                into.add(found)
    return into


def _pages(
    store: DryRunStore, source: EventSource, live: Version, streams: Sequence[UUID] | None
) -> Iterator[list[RecordedEvent]]:
    if streams is None:
        return source.scan(0, live.position, topics=store.topics, batch=BATCH)
    return whole_streams(source, store.topics, live, streams)


def _differences(
    connection: Connection[Any],
    table: str,
    live: Version,
    made: Version,
    streams: Sequence[UUID] | None,
    into: Differences,
) -> Iterator[Difference]:
    both = {"live": sql.Identifier(live.target, table), "made": sql.Identifier(made.target, table)}
    listed = None if streams is None else list(streams)
    query = sql.SQL(text(f"{SQL}/differences")).format(**both)
    columns = sql.SQL(text(f"{SQL}/columns_that_differ")).format(**both)
    for review, tenant, rows, then in connection.execute(query, {"reviews": listed}).fetchall():
        names: tuple[str, ...] = ()
        if into.room and table in SINGLE and rows and then:
            found = connection.execute(columns, {"review_id": review}).fetchone()
            names = tuple(found[0]) if found else ()
        yield Difference(table, tenant, str(review), rows, then, names)
