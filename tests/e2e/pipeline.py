"""The whole product as its users run it: by its command line, on the embedded stack, in processes of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg_pool import PoolTimeout
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from projections.queries.jsonable import jsonable
from reviewstream.bootstrap import Bootstrap, with_urls
from reviewstream.embedded import control
from reviewstream.embedded.state import State
from reviewstream.settings import load
from reviewstream.status import gather
from schemas.errors import ReviewstreamError

SHARED = Path(__file__).parents[3] / "shared" / "data"


@dataclass
class Pipeline:
    """A running stack with workers."""

    data_dir: Path

    @cached_property
    def parts(self) -> Bootstrap:
        """The composition root of the test's own process: asking by it takes no new process each time."""
        settings = load(data_dir=self.data_dir)
        return Bootstrap(with_urls(settings, control.urls(self.data_dir)), process="test")

    def status(self) -> dict[str, Any] | None:
        """What `status --json` prints; None while a server is on its way back."""
        try:
            return dict(jsonable(gather(self.parts).as_dict()))
        except (ReviewstreamError, psycopg.Error, PoolTimeout):
            return None

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
            found = self.status()
            if found is None:
                return False
            last.update(found)
            lags = [*found["steps"].values(), *found["subscriptions"].values()]
            return not found["waiting"] and not any(lag["events"] for lag in lags)

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
