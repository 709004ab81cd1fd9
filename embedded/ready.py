"""How a worker announces that it is ready: it creates the file named by REVIEWSTREAM_READY_FILE.

The supervisor sets the variable, removes the file before each start and waits for it. Without the variable (production,
where the orchestrator has probes of its own) `announce_ready` does nothing.
"""

from __future__ import annotations

import os
from pathlib import Path

READY_FILE = "REVIEWSTREAM_READY_FILE"
LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - to recognise it, not to listen there


def announce_ready(address: str = "") -> None:
    """Tell the supervisor that this worker is ready, and the `host:port` of its health endpoint if it has one.

    Call it once, after everything is connected.
    """
    path = os.environ.get(READY_FILE)
    if path:
        half = Path(path + ".half")
        half.write_text(address)
        half.replace(path)  # atomically: a reader sees the whole content


def announced(ready_file: Path) -> tuple[str, int] | None:
    """Host and port of a worker's endpoint as seen from this machine, if it announced one."""
    host, _, port = (ready_file.read_text() if ready_file.exists() else "").rpartition(":")
    return (LOOPBACK if host == EVERYWHERE else host, int(port)) if port.isdigit() else None


def announced_port(ready_file: Path) -> int | None:
    """Only the port."""
    found = announced(ready_file)
    return found[1] if found else None
