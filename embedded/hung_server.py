"""Ends a server that is alive but no longer serves, so that its supervisor restarts it.

PostgreSQL after SIGTERM refuses new clients until the old ones have left, and pools never leave. SecantusDB stays up when its
storage engine has failed, for example because the disk was full, and answers every write with an error. ClickHouse's engine
fails in every write once its directory was removed; it begins again, empty, and `reviewstream recover` fills it.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import structlog

from embedded.process import Child

log = structlog.get_logger(__name__)
EVERY = 1.0
STATUS_LINE = 7
"""The eighth line of postmaster.pid (LOCK_FILE_LINE_PM_STATUS in PostgreSQL's miscadmin.h)."""
PANIC = b"WT_PANIC"
"""What WiredTiger logs when it accepts nothing more until it is reopened."""


def watch(child: Child, hung: Callable[[], bool], how: signal.Signals, stopping: threading.Event) -> None:
    """Check in the background until the child ends; send it the signal once it hangs."""
    threading.Thread(
        target=_watch, args=(child, hung, how, stopping), name=f"hung-server-{child.name}", daemon=True
    ).start()


def _watch(child: Child, hung: Callable[[], bool], how: signal.Signals, stopping: threading.Event) -> None:
    while child.exit_code is None and not stopping.wait(EVERY):
        if hung():
            log.warning("server.hung", what=child.name)
            child.process.send_signal(how)
            return


def is_stopping(pid_file: Path) -> bool:
    """Whether the postmaster reports that it is stopping. False while there is no such file."""
    try:
        lines = pid_file.read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > STATUS_LINE and lines[STATUS_LINE].strip() == "stopping"


class Gone:
    """Whether a directory was removed, or replaced by another, since now. Its server would go on in files that no one finds."""

    def __init__(self, directory: Path) -> None:
        self._directory, self._was = directory, _identity(directory)

    def __call__(self) -> bool:
        """True once it is."""
        return _identity(self._directory) != self._was


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


class Panic:
    """Whether WiredTiger has failed, by what is written to a log from now on."""

    def __init__(self, log: Path) -> None:
        self._log, self._at = log, log.stat().st_size if log.exists() else 0

    def __call__(self) -> bool:
        """True once the log contains PANIC, even if written in two parts."""
        with self._log.open("rb") as file:
            if file.seek(0, os.SEEK_END) < self._at:  # it was rotated
                self._at = 0
            file.seek(self._at)
            written = file.read()
        self._at += max(0, len(written) - len(PANIC) + 1)
        return PANIC in written
