"""Which rows a replay would change: rebuilt beside the live version, compared, and discarded."""

from __future__ import annotations

from typing import Any

from psycopg_pool import ConnectionPool

from projections.differences import Differences
from projections.ports import EventSource, ProjectionStore
from projections.rebuild.rebuild import Progress
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
    """What a replay of the selection would change in the live version; changes nothing. `progress` counts reviews."""
    streams = None if selection.everything else affected(pool, store, source, selection)
    return store.differences(pool, source, streams, Differences(store.name, 0, limit), progress)
