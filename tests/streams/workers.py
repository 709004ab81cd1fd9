"""Worker processes as an orchestrator runs them, on servers that the settings in their environment name."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from embedded.ready import READY_FILE
from tests.waiting import until

ROOT = Path(__file__).parents[2]


@dataclass
class Child:
    """One `reviewstream worker NAME`, or another program, as a child process."""

    name: str
    environment: Mapping[str, str]
    directory: Path
    program: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    output: Path = field(init=False)

    def __post_init__(self) -> None:
        self.output = self.directory / f"{self.name}.log"
        self.ready_file = self.directory / f"{self.name}.ready"

    def start(self, **more: str) -> None:
        """Launch it; its output goes to `output`."""
        self.ready_file.unlink(missing_ok=True)
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **self.environment, **more}
        environment[READY_FILE] = str(self.ready_file)
        self.started = time.monotonic()
        with self.output.open("ab") as output:
            argv = [sys.executable, *(self.program or ("-m", "reviewstream", "worker", self.name))]
            self.process = subprocess.Popen(argv, cwd=ROOT, env=environment, stdout=output, stderr=output)

    def wait_ready(self, seconds: float = 120.0) -> float:
        """Seconds from the launch to its announcement."""
        until(lambda: self.ready_file.exists() or self.exit_code is not None, seconds)
        assert self.exit_code is None, self.output.read_text()[-3000:]
        return time.monotonic() - self.started

    @property
    def exit_code(self) -> int | None:
        assert self.process is not None
        return self.process.poll()

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def wait(self, seconds: float) -> int:
        """The exit code."""
        assert self.process is not None
        return self.process.wait(seconds)

    def end(self, patience: float = 20.0) -> None:
        """Make sure that it is gone; in order, if it can, so that the next one needs not wait until its group gives it up."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self._stop(patience)
        print(
            f"{self.name} ended with {self.exit_code}; it wrote:", self.output.read_text()[-4000:]
        )  # for a failed test

    def _stop(self, patience: float) -> None:
        assert self.process is not None
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(patience)
        self.process.kill()
        self.process.wait()
