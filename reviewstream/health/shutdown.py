"""A worker that is asked to stop ends in time, whatever its batches are doing.

What is not acknowledged is redelivered, and a repeat changes nothing: so a stop that takes too long is cut short.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)
WITHIN = 8.0
"""Seconds: with what follows it, a worker ends within its supervisor's ten."""
POLL_SECONDS = 0.1


def end_within(
    stopping: Callable[[], bool],
    *,
    at_once: Callable[[], object],
    at_last: Callable[[], object] = bool,
    code: Callable[[], int] = int,
    seconds: float = WITHIN,
) -> None:
    """Poll `stopping` in the background; then call `at_once`, and `seconds` later `at_last`, and end with `code`.

    A process that ends before that is unaffected. `at_last` may take as long as its supervisor allows.
    """

    def run() -> None:
        never = threading.Event()
        while not stopping():
            never.wait(POLL_SECONDS)
        at_once()
        never.wait(seconds)
        log.warning("worker.stop_cut_short", seconds=seconds)
        try:
            at_last()
        finally:
            os._exit(code())

    threading.Thread(target=run, name="ending", daemon=True).start()
