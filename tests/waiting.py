"""Waiting on conditions."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def until(condition: Callable[[], T], seconds: float = 120.0, *, otherwise: str = "") -> T:
    """The first true value of `condition`; fails after `seconds`, and says `otherwise`."""
    deadline = time.monotonic() + seconds
    asked = time.monotonic()
    while not (value := condition()):
        now = time.monotonic()
        assert now < deadline, otherwise or f"not within {seconds} s"
        time.sleep(max(0.02, now - asked))  # who asks takes no more of the cores than who is asked about
        asked = time.monotonic()
    return value


def crowding() -> float:
    """How much longer than alone a process takes where others queue for the cores."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def is_gone(pid: int) -> bool:
    """Whether no such process runs; a zombie, which nobody has reaped yet, does not run."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def descendants(pid: int) -> set[int]:
    """Every process below `pid`."""
    import psutil

    return {child.pid for child in psutil.Process(pid).children(recursive=True)}
