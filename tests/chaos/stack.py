"""A stack whose workers can be told to fail, started from any copy of the tree."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from projections.clickhouse.clickhouse_store import ClickHouseStore
from telemetry.failpoints import DIRECTORY
from tests.chaos.schedule import EVERYTHING, Blow
from tests.e2e.pipeline import Pipeline, wait_for
from tests.untraced import untraced
from tests.waiting import is_gone

ROOT = Path(__file__).parents[2]


@dataclass
class Stack(Pipeline):
    """A running stack: `tree` is where its code stands; we ourselves always run this one."""

    tree: Path = field(default=ROOT)

    def __post_init__(self) -> None:
        self.points = self.data_dir.with_name(self.data_dir.name + "-points")
        self.points.mkdir(parents=True, exist_ok=True)

    @cached_property
    def analytics(self) -> ClickHouseStore:
        """One for all comparisons: each has connections of its own, and the server bounds their number."""
        return self.parts.read_models.analytics()

    def run(self, *args: str, stdin: bytes | None = None, timeout: float = 300) -> subprocess.CompletedProcess[bytes]:
        """`reviewstream ARGS` of the tree."""
        environment = {**untraced(), "PYTHONPATH": str(self.tree), DIRECTORY: str(self.points)}
        environment |= {"REVIEWSTREAM_NLP_WORKERS": "1", "REVIEWSTREAM_LOG_LEVEL": "warning"}
        command = [sys.executable, "-m", "reviewstream", *args, "--data-dir", str(self.data_dir)]
        return subprocess.run(
            command, input=stdin, capture_output=True, timeout=timeout, check=False, env=environment, cwd=self.tree
        )

    def arm(self, plan: str) -> None:
        """A new plan of failpoints for all workers, also for those that are running."""
        fresh = self.points / "fresh"
        fresh.write_text(plan)
        fresh.replace(self.points / "plan")

    def hits(self) -> Counter[str]:
        """How often each point was passed by any process."""
        return Counter(line for file in self.points.glob("hits-*") for line in file.read_text().split())

    def fired(self) -> int:
        """How many rules have worked, over all plans."""
        return sum(1 for _ in self.points.glob("fired-*"))

    def strike(self, blow: Blow) -> None:
        """Do it. A victim that is away just now has been hit by something else."""
        if blow.victim == EVERYTHING:
            self._kill_everything()
            return
        with suppress(ProcessLookupError, AssertionError, ValueError):
            if blow.how == "kill":
                self.kill(blow.victim)
            elif blow.how == "term":
                os.kill(self.pid(blow.victim), signal.SIGTERM)
            else:
                self._freeze(blow)

    def _kill_everything(self) -> None:
        state = self.state()
        processes = [state.supervisor, *(unit.pid for unit in state.units.values() if unit.pid)]
        os.kill(state.supervisor, signal.SIGKILL)
        # A frozen PostgreSQL gets its death signal when it is thawed, after 30 s at most.
        wait_for(lambda: all(map(is_gone, processes)), "processes outlive their supervisor", 60)
        self.ok("up", "--detach")

    def _freeze(self, blow: Blow) -> None:
        pid = self.analysis_processes()[0] if blow.victim == "nlp" else self.pid(blow.victim)
        handle = os.pidfd_open(pid)
        signal.pidfd_send_signal(handle, signal.SIGSTOP)

        def thaw() -> None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, signal.SIGCONT)
            os.close(handle)

        threading.Timer(blow.seconds, thaw).start()


@contextmanager
def stack(data_dir: Path, tree: Path = ROOT) -> Iterator[Stack]:
    """A stack that ends with the block."""
    running = Stack(data_dir, tree=tree)
    running.ok("up", "--detach")
    try:
        yield running
    finally:
        running.parts.__exit__(None, None, None)
        running.ok("down")
