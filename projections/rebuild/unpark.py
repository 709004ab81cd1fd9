"""Unparks streams after a fix: the events that they missed are applied, exactly once."""

from __future__ import annotations

from typing import Any

from psycopg_pool import ConnectionPool

from projections import parking
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.parking import ParkedStream
from projections.ports import EventSource
from projections.postgres.postgres_store import PostgresStore
from projections.rebuild.repair import STREAMS, histories
from projections.registry import Version
from projections.statements import statement
from projections.switch import advisory_lock, locked_live_version


def unpark(
    pool: ConnectionPool[Any], store: PostgresStore | ClickHouseStore, source: EventSource
) -> list[ParkedStream]:
    """Apply what the live version's parked streams missed; returns those that still fail.

    Repeating it after a crash does no harm. Raises NotAllowed while a rebuild runs.
    """
    with advisory_lock(pool, store.name):
        if isinstance(store, PostgresStore):
            _rebuild_rows(pool, store, source)
        else:
            _add_missed_sums(pool, store, source)
        with locked_live_version(pool, store.name) as (connection, live):
            return _of(parking.parked(connection, store.name), live)


def _of(found: list[ParkedStream], live: Version) -> list[ParkedStream]:
    return [one for one in found if one.version == live.version]


def _rebuild_rows(pool: ConnectionPool[Any], store: PostgresStore, source: EventSource) -> None:
    """Rebuild the reviews from their whole history; what is refused again is parked again."""
    with locked_live_version(pool, store.name) as (connection, live):
        streams = [one.stream_id for one in _of(parking.parked(connection, store.name), live)]
        for start in range(0, len(streams), STREAMS):
            batch = streams[start : start + STREAMS]
            store.repair(connection, live, batch, histories(store, source, live, batch))


def _add_missed_sums(pool: ConnectionPool[Any], store: ClickHouseStore, source: EventSource) -> None:
    """Sums are independent of order, so the missed events are added now.

    The end of the missed range is recorded first: it is part of the token that deduplicates a repeat.
    """
    with pool.connection() as connection:
        found = parking.parked(connection, store.name)
    for one in found:
        with locked_live_version(pool, store.name) as (connection, live):
            # Read while the version is locked: all that its worker skipped so far is in the log by now.
            until = one.release_to or live.position
            events = source.read_streams([one.stream_id], topics=store.topics)[one.stream_id]
            missed = [event for event in events if one.position <= event.position <= until]
            if one.version != live.version or not store.accepts(missed):
                continue
            values = {"name": live.name, "version": live.version, "stream_id": one.stream_id, "position": until}
            connection.execute(statement("sql/release_to"), values)
        store.add_missed(live, missed, f"readmit {one.stream_id} {one.position}-{until}")
        with pool.connection() as connection:
            parking.release(connection, live, streams=[one.stream_id])
