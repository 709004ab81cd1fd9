"""Replays part of the history: the selected reviews are rebuilt in place.

Selected are the reviews with at least one selected event. Some hundred at a time, they are rebuilt from their
whole history up to the live version's position, in one transaction that locks it; between two batches its worker
continues. Applying only the selected events would leave incomplete rows. A repair that died is simply started again.
"""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from eventstore.pace import Pace, burst
from projections import registry
from projections.fill import BATCH
from projections.histories import STREAMS, histories
from projections.ports import EventSource, ProjectionStore
from projections.rebuild.counting import events_of
from projections.rebuild.progress import Progress
from projections.rebuild.rebuild import Outcome
from projections.rebuild.selection import Selection
from projections.switch import advisory_lock, locked_live_version


def replay_part(
    pool: ConnectionPool[Any],
    store: ProjectionStore,
    source: EventSource,
    selection: Selection,
    *,
    progress: Progress = lambda _done, _total: None,
    events_per_second: float | None = None,
) -> Outcome:
    """Rebuild the selected reviews in the live version, at most so many events a second; `progress` counts events.

    Raises NotAllowed while the projection is being rebuilt.
    """
    started, done, position = time.monotonic(), 0, 0
    with advisory_lock(pool, store.name):
        streams = affected(pool, store, source, selection)
        with pool.connection() as connection:
            live = registry.live_or_fail(connection, store.name)
        total, lot = events_of(store, source, streams, live.position), burst(STREAMS, events_per_second)
        pace = Pace(events_per_second)
        for start in range(0, len(streams), lot):
            batch = streams[start : start + lot]
            with locked_live_version(pool, store.name) as (connection, live):
                events = histories(source, store.topics, live, batch)
                store.repair(connection, live, batch, events)
            done, position = done + len(events), live.position
            progress(done, max(done, total))
            pace.wait(len(events))
    note = f"{len(streams)} reviews rebuilt in place from their whole history"
    seconds = time.monotonic() - started
    return Outcome(store.name, live.version, position or live.position, done, seconds, False, note, len(streams))


def affected(
    pool: ConnectionPool[Any], store: ProjectionStore, source: EventSource, selection: Selection
) -> list[UUID]:
    """Ids of reviews with a selected event; for a whole tenant also of those that should have no rows."""
    if selection.streams is not None and selection.only_streams:
        return sorted(selection.streams)
    found = {event.stream_id for page in source.scan(**selection.filters(store.topics), batch=BATCH) for event in page}
    if selection.whole_tenant:
        assert selection.tenant_id is not None
        with pool.connection() as connection:
            live = registry.live_or_fail(connection, store.name)
            found |= store.reviews_of(connection, live, selection.tenant_id)
    return sorted(found)
