"""The state of the stack for other processes: `state.json` in the data directory, replaced atomically, mode 0600."""

from __future__ import annotations

import json
import os
import threading
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from embedded.datadir import write_private
from embedded.ready import LOOPBACK

Phase = Literal["waiting", "starting", "ready", "restarting", "stopping", "stopped"]
FILE = "state.json"


@dataclass(frozen=True, slots=True)
class Unit:
    """One server or worker. `since`: seconds since 1970 at which it entered its phase; `note`: progress or last error.

    `restarts` counts ends that no one asked for, `requested` the restarts that an operator asked for.
    """

    kind: Literal["server", "worker"]
    log: str
    phase: Phase = "waiting"
    since: float = field(default_factory=time.time)
    pid: int | None = None
    port: int | None = None
    host: str = LOOPBACK
    restarts: int = 0
    note: str = ""
    requested: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """The supervisor and everything it runs, by name. `error` is why it gave up, and names the log to read."""

    supervisor: int
    since: float
    phase: Phase
    units: dict[str, Unit]
    error: str = ""

    @property
    def ready(self) -> bool:
        """Whether everything is ready."""
        return self.phase == "ready" and all(unit.phase == "ready" for unit in self.units.values())


def read_state(data_dir: Path) -> State | None:
    """The last state written, whether or not its supervisor still runs."""
    path = data_dir / FILE
    try:
        raw: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    return State(**{**raw, "units": {name: Unit(**unit) for name, unit in raw["units"].items()}})


class StateFile:
    """The supervisor's state; every change is written at once."""

    def __init__(self, data_dir: Path, units: dict[str, Unit]) -> None:
        self._path = data_dir / FILE
        self._lock = threading.Lock()
        self.state = State(supervisor=os.getpid(), since=time.time(), phase="starting", units=units)
        self._write()

    def whole(self, phase: Phase, *, error: str = "") -> None:
        """Move the stack as a whole to a phase."""
        with self._lock:
            self.state = replace(self.state, phase=phase, error=error or self.state.error)
            self._write()

    def unit(self, name: str, **changes: Any) -> None:
        """Change the unit called `name`; a change of phase sets `since`."""
        with self._lock:
            before = self.state.units[name]
            if changes.get("phase", before.phase) != before.phase:
                changes["since"] = time.time()
            self.state = replace(self.state, units={**self.state.units, name: replace(before, **changes)})
            self._write()

    def _write(self) -> None:
        write_private(self._path, json.dumps(asdict(self.state), indent=1))
