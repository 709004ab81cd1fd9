"""The newest events of the log, held in memory within bounds."""

from __future__ import annotations

from collections.abc import Sequence

from eventstore.model import RecordedEvent

EVENT_BYTES = 700
"""The memory of a recorded event besides its state: ids, numbers, time, tuple."""


class Window:
    """A run of consecutive positions that ends at the newest event read; older ones are evicted.

    Holds at most `max_events` events and about `max_bytes` bytes. Not thread-safe.
    """

    def __init__(self, position: int, *, max_events: int, max_bytes: int) -> None:
        """Empty, ready for the event after `position`."""
        self._events: list[RecordedEvent] = []
        self._max_events = max_events
        self._max_bytes = max_bytes
        self._bytes = 0
        self.end = position

    @property
    def start(self) -> int:
        """The position before the oldest event held."""
        return self.end - len(self._events)

    @property
    def bytes(self) -> int:
        """Estimated size of what is held."""
        return self._bytes

    def extend(self, events: Sequence[RecordedEvent]) -> None:
        """Add the events that follow `end`, without a gap."""
        self._events += events
        self.end += len(events)
        self._bytes += sum(map(_weight, events))
        self._trim()

    def after(self, position: int, limit: int) -> list[RecordedEvent] | None:
        """Up to `limit` events after `position`; None when the next one has been evicted."""
        first = position - self.start
        if first < 0:
            return None
        return self._events[first : first + limit]

    def _trim(self) -> None:
        surplus = max(0, len(self._events) - self._max_events)
        lighter = self._bytes - sum(map(_weight, self._events[:surplus]))
        while lighter > self._max_bytes:
            lighter -= _weight(self._events[surplus])
            surplus += 1
        del self._events[:surplus]
        self._bytes = lighter


def _weight(event: RecordedEvent) -> int:
    return len(event.state) + EVENT_BYTES
