"""The whole product as its users run it: by its command line, on the embedded stack, in processes of its own."""

from __future__ import annotations

import io
import json
import logging
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psutil
import psycopg
import structlog
from click.testing import CliRunner
from psycopg_pool import PoolTimeout
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from embedded import control
from embedded.state_file import State
from projections.queries.jsonable import jsonable
from reviewstream.bootstrap import Bootstrap, with_urls
from reviewstream.main import main
from reviewstream.settings import load
from schemas.errors import ReviewstreamError
from telemetry import logs
from tests.untraced import untraced
from tests.waiting import is_gone

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

    def close(self) -> None:
        """Close the test's own connections: they lead to what is about to end."""
        self.parts.__exit__(None, None, None)
        del self.parts

    def status(self) -> dict[str, Any] | None:
        """What `status --json` prints; None while a server is on its way back."""
        try:
            return dict(jsonable(self.parts.desk.status.read().as_dict()))
        except (ReviewstreamError, psycopg.Error, PoolTimeout):
            return None

    def run(self, *args: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        """`reviewstream ARGS --data-dir …`, whatever it exits with.

        In this process, except for what starts others: to import everything again takes longer than most commands.
        """
        argv = [*args, "--data-dir", str(self.data_dir)]
        if args[0] in {"up", "down"}:
            command = [sys.executable, "-m", "reviewstream", *argv]
            return subprocess.run(command, input=stdin, capture_output=True, timeout=300, check=False, env=untraced())
        code: int | str | None = 0
        given = io.TextIOWrapper(io.BufferedReader(io.BytesIO(stdin or b"")))  # as a pipe is; click's has no peek()
        with CliRunner().isolation() as (out, err, _), patch.object(logs, "configure", _log_here):
            sys.stdin = given
            try:
                main(argv)
            except SystemExit as ending:
                code = ending.code
            finally:
                structlog.reset_defaults()
            return subprocess.CompletedProcess(argv, int(code or 0), out.getvalue(), err.getvalue())

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

    def kill(self, name: str) -> int:
        """SIGKILL a server or worker, or with `nlp` one process of the analysis pool; the pid that it had."""
        pid = self.analysis_processes()[0] if name == "nlp" else self.pid(name)
        os.kill(pid, signal.SIGKILL)
        return pid

    def until_replaced(self, name: str, pid: int, limit: float = 120) -> None:
        """That process is gone, whoever has its place is another, and everything runs again."""
        wait_for(lambda: is_gone(pid), f"{name} outlives its end", limit)
        if name != "nlp":  # the worker makes a new process when there is something to analyse
            wait_for(lambda: self.state().units[name].pid not in {pid, None}, f"{name} does not come back", limit)
        self.until_ready(limit)

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

    def analysis_processes(self) -> list[int]:
        """The processes that hold models, which weigh more than their other kin."""
        family = psutil.Process(self.pid("streams")).children(recursive=True)
        sizes = {process.pid: process.memory_info().rss for process in family}
        return [pid for pid, size in sizes.items() if size > max(sizes.values()) / 2]


def _log_here(level: str, *, process: str) -> None:
    """What a command logs goes to its standard error, without hooks that would outlive it in this process."""
    del process
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def wait_for(holds: Any, otherwise: str, limit: float) -> None:
    """Poll until it holds."""
    found = Retrying(
        retry=retry_if_result(lambda value: not value),
        wait=wait_fixed(0.3),
        stop=stop_after_delay(limit),
        retry_error_callback=lambda _: False,
    )(holds)
    assert found, otherwise
