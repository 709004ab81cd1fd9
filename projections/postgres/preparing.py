"""Filling a version faster: other processes read, decode and prepare ranges of the log; this one writes, in order.

Decoding and preparing cost most of a rebuild's time, and threads would not share it.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TypeAlias

from projections.decoding import Decode, Decoder, decode_state
from projections.postgres.projector import Changes, Projector
from projections.postgres.store import REFUSED, PostgresStore
from projections.registry import Version
from projections.scanning import fill
from projections.store import EventSource, Store

Prepared: TypeAlias = tuple[int, Changes | None]
"""The end of a range and its changes, None where an event is in the way that must be parked."""
LEAST = 200_000
"""Events below which starting the helpers takes longer than they save."""
_SOURCE: list[EventSource] = []
"""In the helping processes only: each opens the event log once."""


class Preparing:
    """Its `fill` is `projections.scanning.fill` with helpers; for stores that cannot use them it is the same.

    `open_source` and `decode` are pickled: functions of a module, or partials of such.
    """

    def __init__(
        self,
        open_source: Callable[[], EventSource],
        *,
        processes: int = 2,
        decode: Decode = decode_state,
        least: int = LEAST,
    ) -> None:
        self._open, self._processes, self._decode, self._least = open_source, processes, decode, least

    def fill(
        self,
        store: Store,
        at: Version,
        source: EventSource,
        until: int,
        *,
        batch: int | None = None,
        moved: Callable[[int], None] | None = None,
    ) -> Version:
        """Apply all events after `at` up to position `until`; `moved` hears each position reached."""
        worth_it = until - at.position > self._least
        if isinstance(store, PostgresStore) and worth_it and not store.parks(at):
            at = self._fill(store, at, source, until, batch or store.batch, moved)
        return fill(store, at, source, until, batch=batch, moved=moved)

    def _fill(
        self,
        store: PostgresStore,
        at: Version,
        source: EventSource,
        until: int,
        batch: int,
        moved: Callable[[int], None] | None,
    ) -> Version:
        """As far as it goes without parking a stream; from there on, every event has to be looked at singly."""
        for to, changes in self._prepared(store.projector, at.position, until, batch):
            applied = _applied(store, at, changes, to)
            at = applied or fill(store, at, source, to)
            if moved is not None:
                moved(at.position)
            if applied is None and store.parks(at):
                break
        return at

    def _prepared(self, projector: Projector, after: int, until: int, batch: int) -> Iterator[Prepared]:
        """Ranges in order; a few are prepared ahead."""
        starts = iter(range(after, until, batch))
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(self._processes, spawn, initializer=_begin, initargs=(self._open,)) as helpers:
            coming: deque[Future[Prepared]] = deque()
            try:
                while True:
                    while len(coming) <= self._processes and (start := next(starts, None)) is not None:
                        end = min(start + batch, until)
                        coming.append(helpers.submit(_prepare, projector, self._decode, start, end))
                    if not coming:
                        return
                    yield coming.popleft().result()
            finally:
                helpers.shutdown(cancel_futures=True)


def _applied(store: PostgresStore, at: Version, changes: Changes | None, to: int) -> Version | None:
    if changes is None:
        return None
    try:
        return store.advance_prepared(at, changes, to)
    except REFUSED:
        return None


def _begin(open_source: Callable[[], EventSource]) -> None:
    _SOURCE.append(open_source())


def _prepare(projector: Projector, decode: Decode, after: int, until: int) -> Prepared:
    pages = _SOURCE[0].scan(after, until, topics=projector.topics, batch=until - after)
    decoded, poison = Decoder(decode, keep=1)([event for page in pages for event in page], projector.topics)
    if poison:
        return until, None
    try:
        return until, projector.prepare(decoded)
    except ValueError:
        return until, None
