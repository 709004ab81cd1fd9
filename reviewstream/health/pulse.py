"""The pulse of an event loop: whether it still runs, and how late it wakes sleepers."""

from __future__ import annotations

import asyncio
import time

from telemetry.metrics import LOOP_LAG

EVERY = 0.25
STUCK_AFTER = 10.0


class Pulse:
    """Beats as long as the loop that runs `run` is not blocked."""

    def __init__(self) -> None:
        self.count = 0
        self._last = time.monotonic()

    async def run(self) -> None:
        """Beat for ever."""
        while True:
            asked = time.monotonic()
            await asyncio.sleep(EVERY)
            self._last = time.monotonic()
            LOOP_LAG.observe(max(0.0, self._last - asked - EVERY))
            self.count += 1

    def problem(self) -> str:
        """An empty text while it beats, or has not started."""
        age = time.monotonic() - self._last
        return f"the event loop has been blocked for {age:.0f} s" if self.count and age > STUCK_AFTER else ""
