"""Whether processes of the stack exist, and move: what the state file cannot know of a supervisor that is gone or suspended."""

from __future__ import annotations

import psutil

from embedded.state_file import Unit

SLACK = 2.0
"""Seconds by which clocks of process and file may differ."""


def suspended(pid: int | None) -> bool:
    """Whether that process exists and is stopped by a signal (SIGSTOP, SIGTSTP) or a debugger."""
    try:
        return pid is not None and psutil.Process(pid).status() in {psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP}
    except psutil.Error:
        return False


def lives(unit: Unit) -> bool:
    """Whether the unit's process still exists; another one that got its number since was made later."""
    try:
        process = psutil.Process(unit.pid or 0)
        return unit.pid is not None and process.is_running() and process.create_time() <= unit.since + SLACK
    except psutil.Error:
        return False
