"""Unparks streams after a fix: the events that they missed are applied, exactly once."""

from __future__ import annotations

from typing import Any

from psycopg_pool import ConnectionPool

from eventstore.parking import ParkedStream
from projections import parking
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.histories import STREAMS, histories
from projections.ports import EventSource
from projections.postgres.postgres_store import PostgresStore
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
            return parking.parked(connection, live)


def _rebuild_rows(pool: ConnectionPool[Any], store: PostgresStore, source: EventSource) -> None:
    """Rebuild the reviews from their whole history; what is refused again is parked again."""
    with locked_live_version(pool, store.name) as (connection, live):
        streams = [one.stream_id for one in parking.parked(connection, live)]
        for start in range(0, len(streams), STREAMS):
            batch = streams[start : start + STREAMS]
            store.repair(connection, live, batch, histories(source, store.topics, live, batch))


def _add_missed_sums(pool: ConnectionPool[Any], store: ClickHouseStore, source: EventSource) -> None:
    """Sums are independent of order, so the missed events are added now.

    The end of the missed range is recorded first: it is part of the token that deduplicates a repeat.
    """
    with pool.connection() as connection:
        streams = [one.stream_id for one in parking.parked_live(connection, store.name)]
    for stream in streams:
        with locked_live_version(pool, store.name) as (connection, live):
            # Read while the version is locked: all that its worker skipped so far is in the log by now.
            parked = parking.ranges(connection, live)
            if stream not in parked:
                continue
            since, until = parked[stream][0], min(parked[stream][1], live.position)
            events = source.read_streams([stream], topics=store.topics)[stream]
            missed = [event for event in events if since <= event.position <= until]
            if not store.accepts(missed):
                continue
            parking.announce_unpark(connection, live, stream, until)
        # The token's first word stays: a repeat after an upgrade must be recognised, too.
        store.add_missed(live, missed, f"readmit {stream} {since}-{until}")
        with pool.connection() as connection:
            parking.unpark(connection, live, [stream])
