"""How a worker says that it is ready: it creates the file named by REVIEWSTREAM_READY_FILE.

The supervisor sets the variable, removes the file before each start and waits for it. Without the variable (production,
where the orchestrator has probes of its own) `announce_ready` does nothing.
"""

from __future__ import annotations

import os
from pathlib import Path

READY_FILE = "REVIEWSTREAM_READY_FILE"


def announce_ready() -> None:
    """Tell the supervisor that this worker serves. Call it once, after everything is connected."""
    path = os.environ.get(READY_FILE)
    if path:
        Path(path).touch()
