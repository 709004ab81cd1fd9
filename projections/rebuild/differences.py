"""Which rows a replay would change: rebuilt beside the live version, compared, and discarded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from projections.ports import EventSource, ProjectionStore
from projections.rebuild.rebuild import Progress
from projections.rebuild.repair import affected
from projections.rebuild.selection import Selection


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows of one review, or a sum, that would change. `columns` are names, since values may be personal."""

    table: str
    tenant_id: UUID
    key: str
    rows: int
    rows_then: int
    columns: tuple[str, ...] = ()


@dataclass(slots=True)
class Differences:
    """`total` by table; `listed` has the first of them."""

    name: str
    position: int
    limit: int
    total: dict[str, int] = field(default_factory=dict)
    listed: list[Difference] = field(default_factory=list)

    def add(self, found: Difference) -> None:
        """Count it, and list it up to the limit."""
        self.total[found.table] = self.total.get(found.table, 0) + 1
        if self.room:
            self.listed.append(found)

    @property
    def room(self) -> bool:
        """Whether more are listed."""
        return len(self.listed) < self.limit


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
