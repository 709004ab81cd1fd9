"""Ends a worker that is alive but makes no progress, so that its supervisor restarts it.

It observes from outside the work: committed offsets, positions, the event loop's pulse. While a server that the work
relies on does not answer, nothing counts as stalled: a new process could not do more.
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
from reviewstream.health.standstill import Seen, StallTimer
from telemetry.error_text import frames_of
from telemetry.metrics import STANDSTILL

log = structlog.get_logger(__name__)
EXIT_CODE = 86
"""The process's exit code; no library uses it."""
PERIOD = 1.5
RECOVERY = 15.0
"""Seconds of credit after a server came back: clients notice it at their next attempt, and consumers rejoin their group."""

Probe = Callable[[], Mapping[str, Seen]]


class Watchdog:
    """Probes every PERIOD seconds; a stall of `limit` seconds ends the process with EXIT_CODE."""

    def __init__(
        self, probe: Probe, servers: Servers, *, limit: float, give_up: Callable[[int], object] = os._exit
    ) -> None:
        """`probe` returns the progress of each thing, and raises any exception when that cannot be determined now."""
        self._probe, self._servers, self._limit, self._give_up = probe, servers, limit, give_up
        self._stalls: dict[str, StallTimer] = defaultdict(StallTimer)
        self._stopping = threading.Event()
        self._probed = time.monotonic()

    def start(self) -> None:
        """Start in the background, once the worker is ready: loading and joining a group take time."""
        self._probed = time.monotonic()
        threading.Thread(target=self._run, name="watchdog", daemon=True).start()

    def stop(self) -> None:
        """Stop watching: a worker that is asked to stop leaves work undone on purpose."""
        self._stopping.set()

    def round(self) -> None:
        """Probe once."""
        try:
            found = self._probe()
        except Exception as error:  # noqa: BLE001 - whatever a driver raises means that progress is unknown
            log.debug("watchdog.probe_failed", error_type=type(error).__name__)
            found = {}
        before, self._probed = self._probed, time.monotonic()
        if not found or self._servers.silent():
            for stall in self._stalls.values():
                stall.excuse(RECOVERY)
        for name, seen in found.items():
            self._stalls[name].observe(seen, self._probed - before)
        self._act(found)

    def _act(self, found: Mapping[str, Seen]) -> None:
        for name, stall in self._stalls.items():
            STANDSTILL.labels(name).set(max(0.0, stall.seconds))
            if stall.seconds >= self._limit and not self._stopping.is_set():
                waiting = found[name].waiting
                log.error("watchdog.standstill", what=name, seconds=round(stall.seconds), waiting=waiting, at=_main())
                self._give_up(EXIT_CODE)

    def _run(self) -> None:
        while not self._stopping.wait(PERIOD):
            self.round()


def _main() -> list[str]:
    """The stack of the main thread, which runs the event loop in a streams worker."""
    frame = sys._current_frames().get(threading.main_thread().ident or 0)  # noqa: SLF001 - the documented way
    return frames_of(frame)
