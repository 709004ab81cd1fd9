"""Readers that go on from where they were, as the state machine of the store uses them."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from eventstore.model import NewEvent, RecordedEvent
from eventstore.subscription import Subscription
from eventstore.tail import SharedTail
from tests.eventstore.store_model import given


class Crash(Exception):
    pass


class Reader:
    """A subscriber that remembers its position and everything it saw. It can die within a batch, and is started again."""

    name = "store-machine"

    def __init__(self, tail: SharedTail, after: int) -> None:
        self.start = self._position = after
        self.seen: list[NewEvent] = []
        self._tail = tail
        self._stop, self._until, self._dies = threading.Event(), after, False

    def position(self) -> int:
        return self._position

    def handle(self, events: Sequence[RecordedEvent]) -> None:
        """All or nothing, as a transaction would be."""
        if self._dies:
            self._dies = False
            raise Crash
        assert [e.position for e in events] == list(range(self._position + 1, self._position + 1 + len(events)))
        self.seen += given(events)
        self._position = events[-1].position
        if self._position >= self._until:
            self._stop.set()

    def read(self, limit: int, *, timeout: float) -> int:
        """One reading from the tail; how many events came."""
        events = self._tail.read(self._position, limit, timeout)
        assert len(events) <= limit
        if events:
            self.handle(events)
        return len(events)

    def follow(self, until: int, *, batch: int, dies: bool = False) -> None:
        """Subscribe until position `until`, from where it was; when it `dies` it is started once more."""
        self._until, self._dies = until, dies and self._position < until
        while self._position < until:
            self._stop.clear()
            try:
                Subscription(self, self._tail, batch=batch, linger=0).run(self._stop)
            except Crash:
                continue
