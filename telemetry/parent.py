"""A helper process exits when its parent has ended, even by kill -9.

Watches the parent's sentinel. Linux's PR_SET_PDEATHSIG would fire too early: it follows the thread that launched the
process, which may be short-lived.
"""

from __future__ import annotations

import os
import threading
from multiprocessing import connection, parent_process


def follow_parent() -> None:
    """Call at the start of a process made by multiprocessing; does nothing in any other."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_exit_after, args=(parent.sentinel,), name="parent-watch", daemon=True).start()


def _exit_after(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)
