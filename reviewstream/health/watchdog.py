"""Ends a worker that lives but stands still, so that its supervisor starts it again.

It looks from outside of the work: committed offsets, positions, the event loop's pulse. While a server that the work
relies on does not answer, nobody stands still: a new process could not do more.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping

import structlog

from reviewstream.health.servers import Servers
from reviewstream.health.standstill import Seen, Stillness
from telemetry.error_text import frames_of
from telemetry.metrics import STANDSTILL

log = structlog.get_logger(__name__)
EXIT_CODE = 86
"""What the process ends with; no library uses it."""
PERIOD = 1.5
RECOVERY = 15.0
"""Seconds of credit after a server came back: clients notice it at their next try, and a consumer joins its group again."""

Look = Callable[[], Mapping[str, Seen]]


class Watchdog:
    """Looks every PERIOD seconds; what stands still for `limit` seconds ends the process with EXIT_CODE."""

    def __init__(
        self, look: Look, servers: Servers, *, limit: float, give_up: Callable[[int], object] = os._exit
    ) -> None:
        """`look` says for each thing how far it is. Raises anything when that cannot be found out now."""
        self._look, self._servers, self._limit, self._give_up = look, servers, limit, give_up
        self._still: dict[str, Stillness] = defaultdict(Stillness)
        self._stopping = threading.Event()
        self._looked = time.monotonic()

    def start(self) -> None:
        """Begin in the background, once the worker is ready: loading and joining a group take their time."""
        self._looked = time.monotonic()
        threading.Thread(target=self._run, name="watchdog", daemon=True).start()

    def stop(self) -> None:
        """Look no more: a worker that is told to stop leaves work undone on purpose."""
        self._stopping.set()

    def round(self) -> None:
        """One look."""
        try:
            found = self._look()
        except Exception as error:  # noqa: BLE001 - whatever a driver raises means that nobody knows
            log.debug("watchdog.cannot_look", error_type=type(error).__name__)
            found = {}
        before, self._looked = self._looked, time.monotonic()
        if not found or self._servers.silent():
            for still in self._still.values():
                still.excuse(RECOVERY)
        for name, seen in found.items():
            self._still[name].look(seen, self._looked - before)
        self._judge(found)

    def _judge(self, found: Mapping[str, Seen]) -> None:
        for name, still in self._still.items():
            STANDSTILL.labels(name).set(max(0.0, still.seconds))
            if still.seconds >= self._limit and not self._stopping.is_set():
                waiting = found[name].waiting
                log.error("watchdog.standstill", what=name, seconds=round(still.seconds), waiting=waiting, at=_main())
                self._give_up(EXIT_CODE)

    def _run(self) -> None:
        while not self._stopping.wait(PERIOD):
            self.round()


def _main() -> list[str]:
    """Where the main thread is, which in a streams worker runs the event loop."""
    frame = sys._current_frames().get(threading.main_thread().ident or 0)  # noqa: SLF001 - the documented way
    return frames_of(frame)
