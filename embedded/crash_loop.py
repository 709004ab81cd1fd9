"""Crash loops: a process that ends repeatedly is misconfigured or fails on the same input each time."""

from __future__ import annotations

from collections import deque

LOOP_ENDS = 5
LOOP_SECONDS = 300.0
LOOP_PAUSE = 15.0
LONGEST_LOOP_PAUSE = 60.0


class Crashes:
    """The last LOOP_ENDS ends of one unit. Times in seconds of any monotonic clock."""

    def __init__(self) -> None:
        self._ends: deque[float] = deque(maxlen=LOOP_ENDS)
        self._in_a_row = 0

    def ended(self, now: float) -> None:
        """Record an end."""
        self._ends.append(now)
        self._in_a_row = self._in_a_row + 1 if self._looping(now) else 0

    def pause(self, otherwise: float) -> float:
        """How long to wait before the next start: 15, 30, then 60 s in a loop, however long it lived in between."""
        if not self._in_a_row:
            return otherwise
        return max(otherwise, min(LONGEST_LOOP_PAUSE, LOOP_PAUSE * float(2 ** min(4, self._in_a_row - 1))))

    def note(self) -> str:
        """A note for status; an empty text where there is no loop."""
        if not self._in_a_row:
            return ""
        return f"crash loop: ended {LOOP_ENDS} times within {LOOP_SECONDS:.0f} s; "

    def _looping(self, now: float) -> bool:
        return len(self._ends) == LOOP_ENDS and now - self._ends[0] <= LOOP_SECONDS
