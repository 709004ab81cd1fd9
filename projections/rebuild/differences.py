"""Which rows a replay would change: rebuilt beside the live version, compared, and discarded."""

from __future__ import annotations

from typing import Any

from psycopg_pool import ConnectionPool

from projections import registry
from projections.differences import Differences
from projections.ports import EventSource, ProjectionStore
from projections.rebuild.counting import events_of
from projections.rebuild.progress import Progress
from projections.rebuild.repair import affected
from projections.rebuild.selection import Selection


def differences(
    pool: ConnectionPool[Any],
    store: ProjectionStore,
    source: EventSource,
    selection: Selection,
    *,
    limit: int = 100,
    progress: Progress = lambda _done, _total: None,
) -> Differences:
    """What a replay of the selection would change in the live version; changes nothing. `progress` counts events."""
    with pool.connection() as connection:
        live = registry.live_or_fail(connection, store.name)
    streams = None if selection.everything else affected(pool, store, source, selection)
    if streams is None:
        expected = source.count(until=live.position, topics=store.topics)
    else:
        expected = events_of(store, source, streams, live.position)
    into = Differences(store.name, 0, limit, expected, None if streams is None else len(streams))
    return store.differences(pool, source, streams, into, progress)
