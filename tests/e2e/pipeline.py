"""The whole product as its users run it: by its command line, on the embedded stack, in processes of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from reviewstream.embedded import control
from reviewstream.embedded.state import State

SHARED = Path(__file__).parents[3] / "shared" / "data"


@dataclass(frozen=True)
class Pipeline:
    """A running stack with workers."""

    data_dir: Path

    def run(self, *args: str, stdin: bytes | None = None, timeout: float = 300) -> subprocess.CompletedProcess[bytes]:
        """`reviewstream ARGS --data-dir …`, whatever it exits with."""
        command = [sys.executable, "-m", "reviewstream", *args, "--data-dir", str(self.data_dir)]
        return subprocess.run(command, input=stdin, capture_output=True, timeout=timeout, check=False)

    def ok(self, *args: str, stdin: bytes | None = None) -> str:
        """The same, which must succeed; its standard output."""
        done = self.run(*args, stdin=stdin)
        assert done.returncode == 0, f"{args} exited {done.returncode}:\n{done.stdout.decode()}\n{done.stderr.decode()}"
        return done.stdout.decode()

    def json(self, *args: str, stdin: bytes | None = None) -> Any:
        """The same with --json, parsed."""
        return json.loads(self.ok(*args, "--json", stdin=stdin))

    def state(self) -> State:
        """What the supervisor says."""
        state = control.running(self.data_dir)
        assert state is not None, "the stack does not run"
        return state

    def pid(self, name: str) -> int:
        """The process of a server or worker."""
        pid = self.state().units[name].pid
        assert pid is not None
        return pid

    def kill(self, name: str) -> None:
        """SIGKILL a server or worker, or with `nlp` one process of the analysis pool."""
        os.kill(self._analysis_process() if name == "nlp" else self.pid(name), signal.SIGKILL)

    def until_ready(self, limit: float = 120) -> None:
        """Everything runs again."""
        wait_for(lambda: self.state().ready, f"the stack is not ready: {self.state().units}", limit)

    def until_quiet(self, limit: float = 240) -> dict[str, Any]:
        """Nothing is on its way any more; the status then."""
        last: dict[str, Any] = {}

        def quiet() -> bool:
            done = self.run("status", "--json")
            if done.returncode != 0:
                return False  # a server that was just killed is on its way back
            last.update(json.loads(done.stdout))
            lags = [*last["steps"].values(), *last["subscriptions"].values()]
            return not last["waiting"] and not any(lag["events"] for lag in lags)

        wait_for(quiet, "the pipeline does not come to rest", limit)
        return last

    def _analysis_process(self) -> int:
        family = psutil.Process(self.pid("streams")).children(recursive=True)
        return max(family, key=lambda process: process.memory_info().rss).pid


def wait_for(holds: Any, otherwise: str, limit: float) -> None:
    """Poll until it holds."""
    found = Retrying(
        retry=retry_if_result(lambda value: not value),
        wait=wait_fixed(0.3),
        stop=stop_after_delay(limit),
        retry_error_callback=lambda _: False,
    )(holds)
    assert found, otherwise
