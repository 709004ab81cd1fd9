"""A worker: one of our own processes, run beside the servers."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from embedded import liveness
from embedded.datadir import DataDir
from embedded.process import Child, python_env, tail
from embedded.ready import LOOPBACK, READY_FILE, announced
from schemas.errors import Unavailable

POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Worker:
    """What to run. `env` is added to ours and to the URL settings. Times in seconds."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    ready_seconds: float = 120.0
    stop_seconds: float = 10.0


class RunningWorker:
    """A worker with its process."""

    def __init__(self, worker: Worker, data: DataDir) -> None:
        self.worker, self.name = worker, worker.name
        self.log = data.logs / f"{worker.name}.log"
        self.ready_file = data.root / "run" / f"{worker.name}.ready"
        self.ready_file.parent.mkdir(mode=0o700, exist_ok=True)
        self.urls: Mapping[str, str] = {}
        self.settings: dict[str, str] = {}
        """Given by restarts, besides our own environment."""
        self.child: Child | None = None
        self._stopping = threading.Event()

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self.child.pid if self.child and self.child.exit_code is None else None

    @property
    def port(self) -> int | None:
        """The port of its health endpoint, once it is ready."""
        found = announced(self.ready_file)
        return found[1] if found else None

    @property
    def host(self) -> str:
        """The host of its health endpoint."""
        found = announced(self.ready_file)
        return found[0] if found else LOOPBACK

    def start(self) -> None:
        """Run it and return when it has announced that it is ready. Raises `Unavailable` with the tail of its log."""
        self._stopping.clear()
        self.ready_file.unlink(missing_ok=True)
        env = python_env(
            {**os.environ, **self.settings, **self.urls, **self.worker.env, READY_FILE: str(self.ready_file)}
        )
        self.child = Child(self.name, self.worker.argv, self.log, env=env)
        if problem := self._wait(self.child):
            self.child.kill()
            raise Unavailable(f"worker {self.name} {problem}; see {self.log}\n{tail(self.log)}")
        if (port := self.port) is not None:
            liveness.watch(self.name, self.child, (self.host, port), self._stopping)

    def _wait(self, child: Child) -> str:
        """Why it did not become ready, or an empty text."""
        for _ in range(int(self.worker.ready_seconds / POLL_SECONDS)):
            if self.ready_file.exists():
                return ""
            if child.exit_code is not None:
                return f"ended with code {child.exit_code} before it was ready"
            if self._stopping.wait(POLL_SECONDS):
                return "was stopped before it was ready"
        return f"was not ready after {self.worker.ready_seconds:.0f} s"

    def stop(self) -> None:
        """SIGTERM, then SIGKILL after `stop_seconds`."""
        self._stopping.set()
        if self.child is not None:
            self.child.stop(seconds=self.worker.stop_seconds)
