"""Replaying a part of history: the affected reviews of a PostgreSQL read model are made anew, in place.

The selection says which reviews are affected: those with at least one selected event. Their rows are deleted and
their whole history is applied again, up to where the live version stands, in one transaction: readers see the state
before or after. Applying only the selected events would leave half-made rows behind.

ClickHouse holds sums from which one review cannot be taken out: there, a version is built from the selected events and
not switched, for looking at; the next rebuild drops it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from eventstore.model import RecordedEvent
from projections.postgres.store import PostgresStore
from projections.rebuild import Outcome, Progress, begin
from projections.registry import Version
from projections.scanning import BATCH
from projections.selection import Selection
from projections.store import EventSource, Store
from projections.switching import held_still, one_at_a_time, prune

STREAMS = 500


def replay_part(
    pool: ConnectionPool[Any],
    store: Store,
    source: EventSource,
    selection: Selection,
    *,
    progress: Progress = lambda _done, _total: None,
) -> Outcome:
    """Repair in place where the store can; otherwise build a version of the part alone, which is not switched."""
    with one_at_a_time(pool, store.name):
        if isinstance(store, PostgresStore):
            return _repair(pool, store, source, selection, progress)
        return _build_part(pool, store, source, selection, progress)


def _repair(
    pool: ConnectionPool[Any], store: PostgresStore, source: EventSource, selection: Selection, progress: Progress
) -> Outcome:
    started, done = time.monotonic(), 0
    streams = None if selection.whole_tenant else _affected(store, source, selection)
    with held_still(pool, store.name) as (connection, live):
        total = source.count(until=live.position, topics=store.topics, tenant_id=selection.tenant_id)
        store.purge(connection, live, tenant_id=selection.tenant_id, streams=streams)
        for events in _histories(store, source, live, selection, streams):
            store.reapply(connection, live, events)
            done += len(events)
            progress(done, max(done, total))
    reviews = "the tenant's" if streams is None else f"{len(streams)}"
    note = f"{reviews} reviews made anew in place from their whole history"
    return Outcome(store.name, live.version, live.position, done, time.monotonic() - started, False, note)


def _affected(store: Store, source: EventSource, selection: Selection) -> list[UUID]:
    """Reviews with a selected event: 16 bytes each is what a selection costs in memory."""
    filters = selection.filters(store.topics)
    return list({event.stream_id for page in source.scan(**filters, batch=BATCH) for event in page})


def _histories(
    store: Store, source: EventSource, live: Version, selection: Selection, streams: list[UUID] | None
) -> Iterator[list[RecordedEvent]]:
    """All events of the affected reviews up to the live position, in order within each review."""
    if streams is None:
        yield from source.scan(0, live.position, topics=store.topics, tenant_id=selection.tenant_id, batch=BATCH)
        return
    yield from whole_streams(store, source, live, streams)


def whole_streams(
    store: Store, source: EventSource, live: Version, streams: Sequence[UUID]
) -> Iterator[list[RecordedEvent]]:
    """All events of these reviews up to the live position, in order, some hundred reviews at a time."""
    for start in range(0, len(streams), STREAMS):
        found = source.read_streams(streams[start : start + STREAMS], topics=store.topics)
        events = [event for stream in found.values() for event in stream if event.position <= live.position]
        yield sorted(events, key=lambda event: event.position)


def _build_part(
    pool: ConnectionPool[Any], store: Store, source: EventSource, selection: Selection, progress: Progress
) -> Outcome:
    started, done, head = time.monotonic(), 0, source.head()
    prune(pool, store)
    at = begin(pool, store, selection)
    for events in source.scan(**selection.filters(store.topics), until=head, batch=BATCH):
        at = store.advance(at, events, events[-1].position)
        done += len(events)
        progress(at.position, head)
    with pool.connection() as connection:
        store.complete(connection, at)
    note = f"built beside the live version as {at.target} and not switched: it holds only a part of history"
    return Outcome(store.name, at.version, at.position, done, time.monotonic() - started, False, note)
