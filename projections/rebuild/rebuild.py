"""Blue-green rebuild: a new version is filled beside the live one, compared with it, and switched in one step.

Every batch is durable. A rebuild that was paused, or that died, resumes where it stopped.
A replay of part of the history must not replace the whole: `projections.rebuild.repair` does that in place.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from psycopg_pool import ConnectionPool

from projections import registry
from projections.fill import fill
from projections.lost import why_lost
from projections.ports import EventSource, ProjectionStore
from projections.rebuild.comparison import compare
from projections.rebuild.progress import Moved, Paused, Progress
from projections.rebuild.unfinished import builder
from projections.registry import Version
from projections.switch import advisory_lock, discard, prune, replace_lost, switch
from schemas.errors import NotAllowed, VerificationFailed

CLOSE_ENOUGH = 2_000


class Fill(Protocol):
    """Advances a version; `projections.rebuild.shards.Sharded.fill` does it with several processes."""

    def __call__(
        self,
        pool: ConnectionPool[Any],
        store: ProjectionStore,
        at: Version,
        source: EventSource,
        until: int,
        *,
        moved: Callable[[int], None],
        rate: float | None,
    ) -> Version:
        """Apply all events after `at` up to `until`."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a replay did. `note` is a remark for people.

    `events` were applied by this run, which a plan counts in the same way. `reviews` were repaired; None where the whole
    history was rebuilt.
    """

    name: str
    version: int
    position: int
    events: int
    seconds: float
    switched: bool
    note: str
    reviews: int | None = None


def rebuild(
    pool: ConnectionPool[Any],
    store: ProjectionStore,
    source: EventSource,
    *,
    progress: Progress = lambda _done, _total: None,
    events_per_second: float | None = None,
    accept_difference: bool = False,
    restart: bool = False,
    resume: bool = False,
    bulk: Fill | None = None,
) -> Outcome:
    """Build the next version from the whole history, compare it with the live one, switch; keep the old one.

    `pool` needs at least four connections.

    Workers may continue meanwhile; they notice the switch. `events_per_second` limits the pace. `bulk` applies the bulk
    of events. Resumes a version that an interrupted rebuild left, or with `restart` builds a new one; a paused one
    needs `resume`. A pause ends it: the outcome has not switched, and its note says so. Where the live version's content
    is gone, or beyond the end of the log, there is nothing to compare with, and it is replaced.
    Raises VerificationFailed when the contents differ, unless `accept_difference`; NotAllowed when a rebuild of
    this projection is running, or paused. After any error the live version is as before.
    """
    started = time.monotonic()
    with advisory_lock(pool, store.name) as session, builder(session, store.name):
        at = _resumed_or_new(pool, store, restart=restart, resume=resume)
        moved = Moved(pool, store, source, at, progress)
        try:
            with pool.connection() as connection:
                live = registry.live_or_fail(connection, store.name)
            lost = why_lost(pool, store, live, source)
            target = source.head() if lost else live.position or source.head()
            at = _build(pool, store, at, source, target, moved, events_per_second, bulk or _alone)
            if lost:
                note = f"not compared: {lost}"
            else:
                at = _caught_up(pool, store, at, source, events_per_second)
                moved.check(at.position)
                at, note = compare(pool, store, at, source, accept_difference=accept_difference)
            moved.compared()
            at = fill(store, at, source, source.head())
            now = replace_lost(pool, store, at) if lost else switch(pool, store, at, source)
        except Paused as pause:
            seconds, at = time.monotonic() - started, pause.at
            return Outcome(store.name, at.version, at.position, moved.applied(at), seconds, False, str(pause))
        except BaseException as error:
            _restore(pool, store, at, keep=not isinstance(error, VerificationFailed))
            raise
        prune(pool, store)
        seconds, events = time.monotonic() - started, moved.applied(now)
    return Outcome(store.name, now.version, now.position, events, seconds, True, note)


def begin(pool: ConnectionPool[Any], store: ProjectionStore) -> Version:
    """An empty next version."""
    with pool.connection() as connection, connection.transaction():
        registry.lock_projection(connection, store.name)
        registry.live_or_fail(connection, store.name)
        version = registry.begin(connection, store.name, state="building", shape=store.shape)
        store.create(connection, version)
    return version


def _resumed_or_new(pool: ConnectionPool[Any], store: ProjectionStore, *, restart: bool, resume: bool) -> Version:
    """The version that was left unfinished, if it can be resumed; otherwise a new one."""
    with pool.connection() as connection:
        left = registry.unfinished(connection, store.name)
    if left is not None and not restart and left.shape == store.shape:
        if left.paused and not resume:
            raise NotAllowed(
                f"projection {store.name} has a paused rebuild: --resume continues it, --restart starts over"
            )
        with pool.connection() as connection:
            registry.set_paused(connection, store.name, paused=False)
        prune(pool, store, building=left.version)
        return left
    if resume:
        raise NotAllowed(f"projection {store.name} has no unfinished rebuild to resume")
    prune(pool, store)
    return begin(pool, store)


def _build(
    pool: ConnectionPool[Any],
    store: ProjectionStore,
    at: Version,
    source: EventSource,
    until: int,
    moved: Moved,
    rate: float | None,
    bulk: Fill,
) -> Version:
    """Fill without the readers' indexes, then create them."""
    if not at.indexed:
        at = store.recover(at, source)
        at = bulk(pool, store, at, source, until, moved=moved, rate=rate)
        with pool.connection() as connection, connection.transaction():
            store.complete(connection, at)
            at = registry.set_indexed(connection, at)
        moved.indexed()
    return store.recover(at, source)


def _caught_up(
    pool: ConnectionPool[Any], store: ProjectionStore, at: Version, source: EventSource, rate: float | None
) -> Version:
    """Near the live version, and never past it, so that both can be compared; unless it has not begun."""
    while True:
        with pool.connection() as connection:
            until = registry.live_or_fail(connection, store.name).position
        if until - at.position < CLOSE_ENOUGH:
            return at
        at = fill(store, at, source, until, rate=rate)


def _alone(
    pool: ConnectionPool[Any],
    store: ProjectionStore,
    at: Version,
    source: EventSource,
    until: int,
    *,
    moved: Callable[[int], None],
    rate: float | None,
) -> Version:
    """Fill in this process; shares that a killed rebuild left are finished one after the other."""
    with pool.connection() as connection:
        shares = registry.split(connection, at, 0)
    if not shares:
        return fill(store, at, source, until, moved=moved, rate=rate)
    for share in shares:
        fill(store, store.recover(share, source), source, until, moved=moved, rate=rate)
    with pool.connection() as connection:
        return registry.join(connection, at, until)


def _restore(pool: ConnectionPool[Any], store: ProjectionStore, failed: Version, *, keep: bool) -> None:
    """Point the views at the live version again. The unfinished one is kept for a resume, unless it is wrong."""
    with pool.connection() as connection:
        live = registry.live_or_fail(connection, store.name)
        if not store.missing(connection, live):
            store.publish(connection, live)
    if live.version != failed.version and not keep:
        discard(pool, store, failed)
