"""Waiting on conditions."""

from __future__ import annotations

import time
from collections.abc import Callable


def until(holds: Callable[[], object], otherwise: str, seconds: float) -> None:
    """Ask until it holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)
