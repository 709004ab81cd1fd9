"""Python's garbage collector in a worker: rare, and without the objects that existed at the start.

Workers create many small objects that reference counting frees; at the default thresholds the collector spends a
third of the tailer's time finding nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLDS = (50_000, 20, 100)


def freeze_gc() -> None:
    """Call it once everything is set up."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)


@contextmanager
def gc_frozen() -> Iterator[None]:
    """The same for a block of work, in a process that continues with something else."""
    before = gc.get_threshold()
    freeze_gc()
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
