"""Fills a version with several processes, each with a share of the streams and its own position.

A projection needs the order of events within a stream only, so shares need not wait for
each other. Rows and position of each share are durable with every batch: after a kill -9 it resumes there.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.synchronize import Event
from typing import Any, NamedTuple, TypeAlias

from psycopg_pool import ConnectionPool

from projections import registry
from projections.fill import fill
from projections.ports import EventSource, ProjectionStore
from projections.registry import Version
from schemas.errors import ReviewstreamError
from telemetry.parent import follow_parent

Moved: TypeAlias = Callable[[int], None]
LEAST = 200_000
"""With fewer events, starting processes takes longer than it saves."""
POLL_SECONDS = 0.25
SPAWN = multiprocessing.get_context("spawn")
_STOP: list[Event] = []
"""Set in the helper processes only."""


class Parts(NamedTuple):
    """What a helper process works with; `pool` leads to the registry."""

    pool: ConnectionPool[Any]
    store: ProjectionStore
    source: EventSource


OpenParts: TypeAlias = Callable[[str], AbstractContextManager[Parts]]


class _Stopped(ReviewstreamError):
    """The rebuild was paused or ended; what is written is kept."""


@dataclass(frozen=True, slots=True)
class Sharded:
    """Fills with `shards` processes once there are at least `least` events.

    `open_parts` opens a projection's parts by its name in another process: a module-level function, or a partial of one.
    """

    open_parts: OpenParts
    shards: int = 2
    least: int = LEAST
    batch: int | None = None

    def fill(
        self,
        pool: ConnectionPool[Any],
        store: ProjectionStore,
        at: Version,
        source: EventSource,
        until: int,
        *,
        moved: Moved,
        rate: float | None = None,
    ) -> Version:
        """Apply all events after `at` up to position `until`; `moved` is called with the mean position.

        An exception from `moved` stops the processes after their current batch. `rate` bounds events a second.
        """
        with pool.connection() as connection:
            begun = registry.is_split(connection, at)
            if not begun and until - at.position < self.least:
                shares = []
            else:
                shares = registry.split(connection, at, self.shards)
        if not shares:
            return fill(store, at, source, until, batch=self.batch, moved=moved, rate=rate)
        self._run(Parts(pool, store, source), shares, until, moved, rate)
        with pool.connection() as connection:
            return registry.join(connection, at, until)

    def _run(self, parts: Parts, shares: Sequence[Version], until: int, moved: Moved, rate: float | None) -> None:
        """Run the first share in a thread of this process, which has its parts already, the others in processes."""
        work = partial(_fill, until=until, batch=self.batch, rate=rate / len(shares) if rate else None)
        first, *others = shares
        stop = SPAWN.Event()
        with self._processes(len(others), stop) as processes, ThreadPoolExecutor(1) as here:
            try:
                running = [here.submit(work, parts, first, stopped=stop.is_set)]
                running += [processes.submit(_fill_elsewhere, self.open_parts, one, work) for one in others]
                while not _ended(running):
                    with parts.pool.connection() as connection:
                        reached = registry.reached(connection, first)
                    moved(reached)
                for one in running:
                    if one.done():  # otherwise another one has failed, and this one only has to stop
                        one.result()
            finally:
                stop.set()
        moved(until)

    def _processes(self, count: int, stop: Event) -> AbstractContextManager[ProcessPoolExecutor]:
        return ProcessPoolExecutor(max(count, 1), SPAWN, initializer=_begin, initargs=(stop,))


def _ended(running: Sequence[Future[None]]) -> bool:
    """Wait a moment; whether all have finished, or one has failed."""
    done, still = wait(running, timeout=POLL_SECONDS, return_when=FIRST_EXCEPTION)
    return not still or any(one.exception() for one in done)


def _begin(stop: Event) -> None:
    follow_parent()
    _STOP.append(stop)


def _fill_elsewhere(open_parts: OpenParts, share: Version, work: Callable[..., None]) -> None:
    with open_parts(share.name) as parts:
        work(parts, share, stopped=_STOP[0].is_set)


def _fill(
    parts: Parts, share: Version, *, until: int, batch: int | None, rate: float | None, stopped: Callable[[], bool]
) -> None:
    def moved(_position: int) -> None:
        if stopped():
            raise _Stopped

    with parts.pool.connection() as connection, registry.held_shard(connection, share) as held:
        at = parts.store.recover(held, parts.source)
        with suppress(_Stopped):
            fill(parts.store, at, parts.source, until, batch=batch, moved=moved, rate=rate)
