"""For how long something has had work and got no further."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

LONGEST_STEP = 3.0
"""Seconds that one look may add: a process that was itself suspended has not seen what happened meanwhile."""


class Seen(NamedTuple):
    """One look: `mark` changes whenever there is progress, `waiting` says how much there is to do."""

    mark: Hashable
    waiting: int


class Stillness:
    """Looks at one thing again and again. `seconds` is how long it has stood still; below 0, it still has credit."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._before: Seen | None = None

    def look(self, seen: Seen, passed: float) -> None:
        """`passed` seconds after the last look. What had nothing to do then has not stood still since."""
        before, self._before = self._before, seen
        if before is None:  # the first look, or the first one after an excuse
            return
        still = before.mark == seen.mark and before.waiting > 0 and seen.waiting > 0
        self.seconds = self.seconds + min(passed, LONGEST_STEP) if still else 0.0

    def excuse(self, credit: float) -> None:
        """It could not do anything, and has `credit` seconds from now before it counts again."""
        self.seconds, self._before = -credit, None
