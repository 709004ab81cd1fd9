"""How long something has had work without making progress."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

LONGEST_STEP = 3.0
"""Seconds that one observation may add: a process that was suspended has not seen what happened meanwhile."""


class Seen(NamedTuple):
    """One observation: `progress` changes whenever there is progress, `waiting` is how much there is to do."""

    progress: Hashable
    waiting: int


class StallTimer:
    """Observes one thing repeatedly. `seconds` is how long it has made no progress; below 0, it still has credit."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._before: Seen | None = None

    def observe(self, seen: Seen, passed: float) -> None:
        """`passed` seconds after the last observation. What had nothing to do then has not stalled since."""
        before, self._before = self._before, seen
        if before is None:  # the first observation, or the first one after an excuse
            return
        stalled = before.progress == seen.progress and before.waiting > 0 and seen.waiting > 0
        self.seconds = self.seconds + min(passed, LONGEST_STEP) if stalled else 0.0

    def excuse(self, credit: float) -> None:
        """It could not make progress, and has `credit` seconds from now before it counts again."""
        self.seconds, self._before = -credit, None
