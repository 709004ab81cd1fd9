"""What a replay would do, counted as the replay itself counts: the events that it applies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psycopg_pool import ConnectionPool

from projections import registry
from projections.ports import EventSource, ProjectionStore
from projections.rebuild.counting import events_ahead, events_of
from projections.rebuild.repair import affected
from projections.rebuild.selection import EVERYTHING, Selection
from projections.rebuild.unfinished import Unfinished, unfinished


@dataclass(frozen=True, slots=True)
class Plan:
    """What a replay would do: events to apply, about how long, about how much disk meanwhile.

    `reviews` are those that a part of history repairs; None where the whole is rebuilt, beside the live version. `continues`
    says which unfinished version it would continue, and is empty where it begins.
    """

    name: str
    events: int
    seconds: float
    bytes: int
    reviews: int | None = None
    continues: str = ""


def plan(
    pool: ConnectionPool[Any],
    store: ProjectionStore,
    source: EventSource,
    selection: Selection = EVERYTHING,
    *,
    events_per_second: float | None = None,
) -> Plan:
    """Count and estimate; changes nothing. Raises Unavailable before the projection's first start."""
    pace = min(store.pace, events_per_second or store.pace)
    with pool.connection() as connection:
        live = registry.live_or_fail(connection, store.name)
    if not selection.everything:
        streams = affected(pool, store, source, selection)
        events = events_of(store, source, streams, live.position)
        return Plan(store.name, events, events / pace, 0, len(streams))
    with pool.connection() as connection:
        left = continued(unfinished(connection, store.name), store)
        head, size = source.head(), 0 if store.missing(connection, live) else store.size(connection, live)
        every = source.count(until=head, topics=store.topics)
        events = every if left is None else events_ahead(connection, store, source, left.version, head)
    behind = source.count(until=live.position, topics=store.topics)
    room = round(size * every / behind) if behind else 0
    return Plan(store.name, events, events / pace, room, continues="" if left is None else str(left))


def continued(left: list[Unfinished], store: ProjectionStore) -> Unfinished | None:
    """The unfinished version that the next replay continues: the newest, if its tables are those of this release."""
    return left[-1] if left and left[-1].version.shape == store.shape else None
