"""Replaying a part of history: the reviews that it is about are made anew, in place.

The selection says which reviews: those with at least one selected event. Some hundred at a time, they are made from their
whole history up to where the live version stands, in one transaction in which it stands still; between two lots its worker
goes on. Applying only the selected events would leave half-made rows behind. A repair that died is simply begun again.
"""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from projections import registry
from projections.fill import BATCH
from projections.histories import STREAMS, histories
from projections.ports import EventSource, ProjectionStore
from projections.rebuild.rebuild import Outcome, Progress
from projections.rebuild.selection import Selection
from projections.switch import advisory_lock, locked_live_version


def replay_part(
    pool: ConnectionPool[Any],
    store: ProjectionStore,
    source: EventSource,
    selection: Selection,
    *,
    progress: Progress = lambda _done, _total: None,
) -> Outcome:
    """Make the selected reviews anew in the live version. `progress` counts reviews.

    Raises NotAllowed while the projection is being rebuilt.
    """
    started, done, position = time.monotonic(), 0, 0
    with advisory_lock(pool, store.name):
        streams = affected(pool, store, source, selection)
        with pool.connection() as connection:
            live = registry.live_or_fail(connection, store.name)
        for start in range(0, len(streams), STREAMS):
            lot = streams[start : start + STREAMS]
            with locked_live_version(pool, store.name) as (connection, live):
                events = histories(source, store.topics, live, lot)
                store.repair(connection, live, lot, events)
            done, position = done + len(events), live.position
            progress(start + len(lot), len(streams))
    note = f"{len(streams)} reviews made anew in place from their whole history"
    return Outcome(store.name, live.version, position or live.position, done, time.monotonic() - started, False, note)


def affected(
    pool: ConnectionPool[Any], store: ProjectionStore, source: EventSource, selection: Selection
) -> list[UUID]:
    """Reviews with a selected event, 16 bytes of each; of a whole tenant also those that should have no rows."""
    if selection.streams is not None and selection.only_streams:
        return sorted(selection.streams)
    found = {event.stream_id for page in source.scan(**selection.filters(store.topics), batch=BATCH) for event in page}
    if selection.whole_tenant:
        assert selection.tenant_id is not None
        with pool.connection() as connection:
            live = registry.live_or_fail(connection, store.name)
            found |= store.reviews_of(connection, live, selection.tenant_id)
    return sorted(found)
