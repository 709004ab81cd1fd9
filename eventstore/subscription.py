"""A subscriber of the event log: reads from its own position, handles, advances. At least once, in order."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol

import structlog

from eventstore.model import RecordedEvent
from telemetry.metrics import SUBSCRIPTION_BATCH, SUBSCRIPTION_EVENTS

log = structlog.get_logger(__name__)
FULL = 500


class Tail(Protocol):
    """Where subscribers read; see eventstore.tail.SharedTail."""

    def read(self, after: int, limit: int, timeout: float) -> list[RecordedEvent]:
        """Up to `limit` events after a position; waits up to `timeout` seconds; empty when there are none."""
        ...


class Handler(Protocol):
    """What a subscriber does with events. Repeats must change nothing."""

    name: str

    def position(self) -> int:
        """The last position handled durably; 0 at first. Called once, at the start."""
        ...

    def handle(self, events: Sequence[RecordedEvent]) -> None:
        """Do the effect durably and record `events[-1].position`; on any error, neither happens."""
        ...


class Subscription:
    """One handler fed from the tail until `stop`.

    An error that `handle` raises ends `run`: the process dies, and its supervisor restarts it from the
    recorded position. When idle, an event is handled at once. The more arrive at a time, the longer the next batch is
    gathered, up to `linger` seconds from FULL events on: handlers have a cost per batch, not per event.
    """

    def __init__(self, handler: Handler, tail: Tail, *, batch: int = 4_000, linger: float = 0.1) -> None:
        self.handler = handler
        self.handled = -1
        """The last position handled; below 0 until the handler has reported its position."""
        self._tail, self._batch, self._linger = tail, batch, linger
        self._seconds = SUBSCRIPTION_BATCH.labels(handler.name)
        self._events = SUBSCRIPTION_EVENTS.labels(handler.name)

    def run(self, stop: threading.Event) -> None:
        """Block until `stop` is set or the handler fails."""
        self.handled = self.handler.position()
        log.info("subscription.started", subscriber=self.handler.name, position=self.handled)
        while not stop.is_set():
            events = self._tail.read(self.handled, self._batch, timeout=0.5)
            if events:
                with self._seconds.time():
                    self.handler.handle(events)
                self.handled = events[-1].position
                self._events.inc(len(events))
                self._gather(len(events), stop)

    def _gather(self, size: int, stop: threading.Event) -> None:
        if size < self._batch:  # a full batch means that more wait already
            stop.wait(self._linger * min(1.0, size / FULL))
