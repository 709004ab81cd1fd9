"""How a worker says that it is ready: it creates the file named by REVIEWSTREAM_READY_FILE.

The supervisor sets the variable, removes the file before each start and waits for it. Without the variable (production,
where the orchestrator has probes of its own) `announce_ready` does nothing.
"""

from __future__ import annotations

import os
from pathlib import Path

READY_FILE = "REVIEWSTREAM_READY_FILE"


def announce_ready(address: str = "") -> None:
    """Tell the supervisor that this worker serves, and the `host:port` of its health endpoint if it has one.

    Call it once, after everything is connected.
    """
    path = os.environ.get(READY_FILE)
    if path:
        half = Path(path + ".half")
        half.write_text(address)
        half.replace(path)  # who sees the file sees all of it


def announced_port(ready_file: Path) -> int | None:
    """The port that a worker announced."""
    port = ready_file.read_text().rpartition(":")[2] if ready_file.exists() else ""
    return int(port) if port.isdigit() else None
