"""Ends a PostgreSQL that SIGTERM made wait: it refuses new clients until the old ones have left, and pools never leave."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import structlog

from reviewstream.embedded.process import Child

log = structlog.get_logger(__name__)
EVERY = 1.0
STATUS_LINE = 7
"""The eighth line of postmaster.pid (LOCK_FILE_LINE_PM_STATUS in PostgreSQL's miscadmin.h)."""


def watch(child: Child, pid_file: Path, stopping: threading.Event) -> None:
    """Look in the background until the child ends; ask it for a fast shutdown once it waits for its clients."""
    threading.Thread(target=_watch, args=(child, pid_file, stopping), name="smart-shutdown", daemon=True).start()


def _watch(child: Child, pid_file: Path, stopping: threading.Event) -> None:
    while child.exit_code is None and not stopping.wait(EVERY):
        if is_stopping(pid_file):
            log.warning("postgres.sessions_ended_after_sigterm")
            child.process.send_signal(signal.SIGINT)  # its keeper waits for it and starts it again
            return


def is_stopping(pid_file: Path) -> bool:
    """Whether the postmaster says that it is on its way out. False while there is no such file."""
    try:
        lines = pid_file.read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > STATUS_LINE and lines[STATUS_LINE].strip() == "stopping"
