"""Blue-green rebuild: a new version is filled beside the live one, compared with it, and switched in one step.

A replay of a part of history must not take the place of the whole: see `projections.repair` for what it does instead.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from psycopg_pool import ConnectionPool

from projections import registry
from projections.comparing import compare
from projections.registry import Version
from projections.scanning import fill
from projections.selection import EVERYTHING, Selection
from projections.store import EventSource, Store
from projections.switching import discard, one_at_a_time, prune, switch

Progress: TypeAlias = Callable[[int, int], None]
"""Called with (events passed, events in all)."""
CLOSE_ENOUGH = 2_000


class Fill(Protocol):
    """Brings a version forward; projections.scanning.fill."""

    def __call__(
        self, store: Store, at: Version, source: EventSource, until: int, *, moved: Callable[[int], None] | None
    ) -> Version:
        """Apply all events after `at` up to `until`."""
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What a replay would do: events to apply, about how long, about how much disk meanwhile."""

    name: str
    events: int
    seconds: float
    bytes: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a replay did. `note` says in words what a reader should know."""

    name: str
    version: int
    position: int
    events: int
    seconds: float
    switched: bool
    note: str


def plan(pool: ConnectionPool[Any], store: Store, source: EventSource, selection: Selection = EVERYTHING) -> Plan:
    """Count and estimate, touching nothing. Raises Unavailable before the projection's first start."""
    events = source.count(**selection.filters(store.topics))
    with pool.connection() as connection:
        live = registry.live_or_fail(connection, store.name)
        size = store.size(connection, live)
    behind = source.count(until=live.position, topics=store.topics)
    return Plan(store.name, events, events / store.pace, round(size * events / behind) if behind else 0)


def rebuild(
    pool: ConnectionPool[Any],
    store: Store,
    source: EventSource,
    *,
    progress: Progress = lambda _done, _total: None,
    events_per_second: float | None = None,
    accept_difference: bool = False,
    bulk: Fill = fill,
) -> Outcome:
    """Build the next version from the whole history, compare it with the live one, switch; keep the old one.

    `pool` must be able to give four connections at once.

    Workers may go on meanwhile; they notice the switch. `events_per_second` limits the pace.
    `bulk` fills in the mass of events; `projections.postgres.preparing.Preparing.fill` does it with more processes.
    Raises VerificationFailed when the contents differ, unless `accept_difference`; NotAllowed when a rebuild of
    this projection is running. After an error the live version is as before.
    """
    started = time.monotonic()
    with one_at_a_time(pool, store.name):
        prune(pool, store)
        at = begin(pool, store)
        moved = _Pace(progress, source.head(), events_per_second)
        try:
            at = _bulk(pool, store, at, source, moved, bulk)
            at = _level(pool, store, at, source, moved)
            at, note = compare(pool, store, at, source, accept_difference=accept_difference)
            at = fill(store, at, source, source.head(), moved=moved)
            now = switch(pool, store, at, source)
        except BaseException:
            _restore(pool, store, at)
            raise
        prune(pool, store)
    return Outcome(store.name, now.version, now.position, now.position, time.monotonic() - started, True, note)


def begin(pool: ConnectionPool[Any], store: Store, selection: Selection = EVERYTHING) -> Version:
    """An empty next version."""
    with pool.connection() as connection, connection.transaction():
        registry.lock_projection(connection, store.name)
        registry.live_or_fail(connection, store.name)
        version = registry.begin(connection, store.name, state="building", shape=store.shape, only=selection.as_json())
        store.create(connection, version)
    return version


def _bulk(
    pool: ConnectionPool[Any], store: Store, at: Version, source: EventSource, moved: _Pace, bulk: Fill
) -> Version:
    """Fill without the indexes for reading, then make them.

    No further than the live version stands, so that both can be compared; unless it has not begun.
    """
    with pool.connection() as connection:
        live = registry.live_or_fail(connection, store.name)
    at = bulk(store, at, source, live.position or source.head(), moved=moved)
    with pool.connection() as connection:
        store.complete(connection, at)
    return at


def _level(pool: ConnectionPool[Any], store: Store, at: Version, source: EventSource, moved: _Pace) -> Version:
    """Follow the live version, which moves on meanwhile, until only a little is left."""
    while True:
        with pool.connection() as connection:
            until = registry.live_or_fail(connection, store.name).position
        if until - at.position < CLOSE_ENOUGH:
            return at
        at = fill(store, at, source, until, moved=moved)


def _restore(pool: ConnectionPool[Any], store: Store, failed: Version) -> None:
    """As before: the views on the live version, the unfinished one gone."""
    with pool.connection() as connection:
        live = registry.live_or_fail(connection, store.name)
        store.publish(connection, live)
    if live.version != failed.version:
        discard(pool, store, failed)


class _Pace:
    """Tells progress after each batch, and waits when the batches come faster than allowed."""

    def __init__(self, progress: Progress, total: int, events_per_second: float | None) -> None:
        self._progress, self._total, self._limit = progress, total, events_per_second
        self._began = time.monotonic()

    def __call__(self, position: int) -> None:
        self._progress(position, max(self._total, position))
        if self._limit:
            due = self._began + position / self._limit
            time.sleep(max(due - time.monotonic(), 0))
