"""Runs the servers, then the workers, and keeps both running until it is asked to stop."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType

from embedded import restarts
from embedded.log_files import KeepLogs, tidy
from embedded.stack import EmbeddedStack, environment
from embedded.state_file import StateFile, Unit
from embedded.unit_supervisor import UnitSupervisor
from embedded.worker import RunningWorker, Worker
from schemas.errors import Unavailable
from telemetry.error_text import plain_text

LOOK_SECONDS = 0.2
"""Between two looks for requests."""
TIDY_SECONDS = 10.0
"""Between two looks at the sizes of logs."""


class Supervisor:
    """One data directory's servers and workers. Everything it started ends with it, however it ends."""

    def __init__(
        self,
        data_dir: Path,
        workers: Sequence[Worker] = (),
        *,
        servers: Sequence[str] | None = None,
        on_progress: Callable[[str, str], None] | None = None,
        before_workers: Callable[[dict[str, str]], object] | None = None,
        logs: KeepLogs | None = None,
    ) -> None:
        """`on_progress` is called with (name, progress), from several threads. `before_workers` gets the URL settings once all
        servers answer, and creates what workers rely on, such as schemas and topics. `logs` says how long logs are kept.
        """
        self._keep_logs, self._tidied = logs or KeepLogs(), 0.0
        self._report = on_progress or (lambda _name, _text: None)
        self.stack = EmbeddedStack(data_dir, servers=servers, on_progress=self._progress)
        self.workers = [RunningWorker(worker, self.stack.data) for worker in workers]
        self._before_workers = before_workers
        self._state_file: StateFile | None = None
        self._changed = threading.Condition()
        self._stopping = False
        self._server_supervisors: list[UnitSupervisor] = []
        self._worker_supervisors: list[UnitSupervisor] = []

    def run(self) -> None:
        """Start everything, stay until SIGTERM or SIGINT (or `stop`), then stop the workers and after them the servers.

        Call it in the main thread. Raises `Unavailable` when something fails to start in its first attempts.
        """
        self.stack.open()
        restarts.forget(self.stack.data.root)
        handlers = {number: signal.signal(number, self._on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
        state_file = self._state_file = StateFile(self.stack.data.root, self._units())
        try:
            self._start_units(state_file)
            self._attend()
        except BaseException as error:
            state_file.whole("stopping", error=plain_text(error))
            raise
        finally:
            self._stop_in_order(state_file)
            for number, handler in handlers.items():
                signal.signal(number, handler)
            self.stack.data.release()

    def stop(self) -> None:
        """Make `run` return; from any thread."""
        self._stopping = True
        with self._changed:
            self._changed.notify_all()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        # A handler may not wait for a lock that the main thread holds, so another thread takes it.
        self._stopping = True
        threading.Thread(target=self.stop, daemon=True).start()

    def _attend(self) -> None:
        """Until we are asked to stop, take requests to restart something."""
        while not self._stopping:
            for request in restarts.take(self.stack.data.root):
                self._restart(request)
            self._tidy_logs()
            with self._changed:
                self._changed.wait_for(lambda: self._stopping, LOOK_SECONDS)

    def _tidy_logs(self) -> None:
        if time.monotonic() - self._tidied < TIDY_SECONDS:
            return
        self._tidied = time.monotonic()
        try:
            tidy(self.stack.data.logs, self._keep_logs)
        except OSError as error:
            self._report("logs", f"not rotated: {error.strerror}")

    def _restart(self, request: restarts.Request) -> None:
        """In a thread of its own: to end a worker takes up to ten seconds, and a stop must not wait for that."""
        for worker in self.workers:
            if worker.name == request.name:
                worker.settings |= request.env
        for unit in (*self._server_supervisors, *self._worker_supervisors):
            if unit.name == request.name:
                threading.Thread(target=unit.restart, name=f"restart-{unit.name}", daemon=True).start()

    def _start_units(self, state_file: StateFile) -> None:
        self._server_supervisors = [
            UnitSupervisor(name, server, state_file, self._on_change, first_tries=2)
            for name, server in self.stack.servers.items()
        ]
        self._start_all(self._server_supervisors)
        if self._stopping:
            return
        urls = environment(self.stack.servers)
        if self._before_workers is not None:
            self._before_workers(urls)
        for worker in self.workers:
            worker.urls = urls
        self._worker_supervisors = [
            UnitSupervisor(worker.name, worker, state_file, self._on_change, first_tries=3) for worker in self.workers
        ]
        self._start_all(self._worker_supervisors)
        if not self._stopping:
            state_file.whole("ready")
            self._report("stack", "ready")

    def _start_all(self, supervisors: list[UnitSupervisor]) -> None:
        """Start them concurrently; returns when all are ready or we are asked to stop."""
        for supervisor in supervisors:
            supervisor.start()
        with self._changed:
            self._changed.wait_for(
                lambda: self._stopping or _failure(supervisors) or all(each.ready_once.is_set() for each in supervisors)
            )
        if error := _failure(supervisors):
            raise error

    def _stop_in_order(self, state_file: StateFile) -> None:
        state_file.whole("stopping")
        for supervisors in (self._worker_supervisors, self._server_supervisors):
            with ThreadPoolExecutor(len(supervisors) or 1) as pool:
                list(pool.map(UnitSupervisor.stop, supervisors))
        state_file.whole("stopped")

    def _on_change(self, name: str, text: str) -> None:
        self._report(name, text)
        with self._changed:
            self._changed.notify_all()

    def _progress(self, name: str, text: str) -> None:
        """Pass on what servers report while starting, to the callback and into the state for `start_detached`."""
        self._report(name, text)
        if self._state_file is not None and name in self._state_file.state.units:
            self._state_file.unit(name, note=text)

    def _units(self) -> dict[str, Unit]:
        servers = {name: Unit("server", str(one.log), port=one.port) for name, one in self.stack.servers.items()}
        return servers | {worker.name: Unit("worker", str(worker.log)) for worker in self.workers}


def _failure(supervisors: list[UnitSupervisor]) -> Unavailable | None:
    return next((supervisor.failure for supervisor in supervisors if supervisor.failure), None)
