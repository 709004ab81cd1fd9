"""A helping process leaves when the process that started it is gone, even by kill -9.

Watches the parent's sentinel. Linux's PR_SET_PDEATHSIG would fire too early: it follows the thread that launched the
process, and that may be a short-lived one.
"""

from __future__ import annotations

import os
import threading
from multiprocessing import connection, parent_process


def follow_parent() -> None:
    """For a process made by multiprocessing, at its start; does nothing in one that was not."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_leave_after, args=(parent.sentinel,), name="parent-watch", daemon=True).start()


def _leave_after(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)
