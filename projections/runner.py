"""Projections as subscribers of the event log: live, aware of switches, exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from psycopg import Connection
from psycopg_pool import ConnectionPool

from eventstore.model import RecordedEvent
from eventstore.subscription import Handler
from projections import registry
from projections.fill import fill
from projections.lost import require_content
from projections.ports import EventSource, ProjectionStore
from projections.registry import PositionMoved, Version

log = structlog.get_logger(__name__)


class ProjectionHandler:
    """Feeds one projection's live version; implements eventstore.subscription.Handler.

    `pool` leads to the database of the read models, `source` is the event log, for events that the subscription does not
    deliver: after a crash, and after a switch to a version at another position.
    """

    def __init__(self, pool: ConnectionPool[Any], store: ProjectionStore, source: EventSource) -> None:
        self.name = f"projection.{store.name}"
        self._pool, self._store, self._source = pool, store, source
        self._at: Version | None = None

    def position(self) -> int:
        """The live version's position; creates version 1 at the very first start. Raises StoreLost if its content is gone."""
        live = ensure_live(self._pool, self._store)
        require_content(self._pool, self._store, live, self._source)
        self._at = self._settled(live)
        return self._at.position

    def handle(self, events: Sequence[RecordedEvent]) -> None:
        """Apply the events to the current live version. Raises PositionMoved on a second writer."""
        while True:  # another switch may happen while the events are applied
            try:
                return self._advance(events)
            except PositionMoved:
                if not self._switched():
                    raise

    def _advance(self, events: Sequence[RecordedEvent]) -> None:
        at, to = self._current(), events[-1].position
        if at.position < events[0].position - 1:
            # Positions have no gaps, so the new live version is behind the previous one.
            at = fill(self._store, at, self._source, events[0].position - 1)
        if at.position < to:
            at = self._store.advance(at, events, to)
        self._at = at

    def _switched(self) -> bool:
        """Load the live version; False when it is the same one, live all the time."""
        before, now = self._current(), ensure_live(self._pool, self._store)
        if (now.version, now.switched_at) == (before.version, before.switched_at):
            return False  # the same version, without a switch in between
        log.info("projection.switched", projection=now.name, version=now.version, position=now.position)
        self._at = self._settled(now)
        return True

    def _settled(self, at: Version) -> Version:
        return at if at.pending_to is None else self._store.recover(at, self._source)

    def _current(self) -> Version:
        if self._at is None:
            self.position()
        assert self._at is not None
        return self._at


class GroupHandler:
    """Several projections fed by one subscription; each skips what it has already handled."""

    def __init__(self, name: str, handlers: Sequence[Handler]) -> None:
        self.name = name
        self._handlers = tuple(handlers)

    def position(self) -> int:
        """The lowest position."""
        return min(handler.position() for handler in self._handlers)

    def handle(self, events: Sequence[RecordedEvent]) -> None:
        """One after the other; an error of one ends the batch, and the others skip it on redelivery."""
        for handler in self._handlers:
            handler.handle(events)


def ensure_live(pool: ConnectionPool[Any], store: ProjectionStore) -> Version:
    """The live version; at the very first start an empty version 1 is created. Safe in several processes at once."""
    with pool.connection() as connection, connection.transaction():
        return registry.live(connection, store.name) or _first(connection, store)


def _first(connection: Connection[Any], store: ProjectionStore) -> Version:
    registry.lock_projection(connection, store.name)
    existing = registry.live(connection, store.name)
    if existing is not None:
        return existing
    version = registry.begin(connection, store.name, state="building", shape=store.shape)
    store.create(connection, version)
    store.complete(connection, version)
    store.publish(connection, version)
    log.info("projection.created", projection=version.name, version=version.version)
    return registry.set_state(connection, version, "live")
