"""The progress of a rebuild, in events; and the look, after each batch, whether a pause was asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

from psycopg_pool import ConnectionPool

from projections import registry
from projections.ports import EventSource, ProjectionStore
from projections.rebuild.counting import events_ahead
from projections.registry import Version
from schemas.errors import ReviewstreamError

Progress: TypeAlias = Callable[[int, int], None]
"""Called with (done, total): events applied, in a rebuild plus an equivalent for the time of indexing and comparing."""


class Paused(ReviewstreamError):
    """A pause was requested; what is built so far is kept. `at` is how far it got."""

    def __init__(self, at: Version) -> None:
        super().__init__(f"paused at position {at.position}; --resume continues")
        self.at = at


class Moved:
    """Reports progress after each batch, and raises Paused when a pause was requested.

    Between batches it is known how far the version is, not how many events it has applied: they are taken to lie evenly.
    """

    def __init__(
        self, pool: ConnectionPool[Any], store: ProjectionStore, source: EventSource, at: Version, progress: Progress
    ) -> None:
        self._pool, self._store, self._source, self._progress = pool, store, source, progress
        self._head = source.head()
        with pool.connection() as connection:
            self._since = registry.reached(connection, at)
            self._events = events_ahead(connection, store, source, at, self._head)
        self._total = self._events + round(self._events * store.finishing)

    def __call__(self, position: int) -> None:
        """The version has reached that position."""
        way = max(self._head - self._since, 1)
        done = self._events * (position - self._since) // way
        self._progress(max(0, min(done, self._events)), self._total)
        self.check(position)

    def check(self, position: int) -> None:
        """Raises Paused when a pause was requested."""
        with self._pool.connection() as connection:
            now = registry.unfinished(connection, self._store.name)
        if now is not None and now.paused:
            raise Paused(replace(now, position=position))

    def indexed(self) -> None:
        """About half of what follows the filling."""
        self._progress((self._events + self._total) // 2, self._total)

    def compared(self) -> None:
        """Only the switch is left."""
        self._progress(self._total, self._total)

    def applied(self, now: Version) -> int:
        """How many events were applied until now, by what the version has still to do and what came since the start."""
        if now.position > self._head:
            return self._events + self._source.count(
                after=self._head, until=now.position, topics=self._store.topics
            )  # fmt: skip
        with self._pool.connection() as connection:
            return self._events - events_ahead(connection, self._store, self._source, now, self._head)
