"""Runs the servers, then the workers, and keeps both running until it is told to stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType

from embedded.stack import EmbeddedStack, environment
from embedded.state_file import StateFile, Unit
from embedded.unit_supervisor import UnitSupervisor
from embedded.worker import RunningWorker, Worker
from schemas.errors import Unavailable


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
    ) -> None:
        """`on_progress` hears (name, what happens), from several threads. `before_workers` gets the URL settings once all
        servers answer, and makes what workers rely on, such as schemas and topics.
        """
        self._say = on_progress or (lambda _name, _text: None)
        self.stack = EmbeddedStack(data_dir, servers=servers, on_progress=self._progress)
        self.workers = [RunningWorker(worker, self.stack.data) for worker in workers]
        self._before_workers = before_workers
        self._board: StateFile | None = None
        self._changed = threading.Condition()
        self._stopping = False
        self._server_keepers: list[UnitSupervisor] = []
        self._worker_keepers: list[UnitSupervisor] = []

    def run(self) -> None:
        """Bring everything up, stay until SIGTERM or SIGINT (or `stop`), then stop the workers and after them the servers.

        Call it in the main thread. Raises `Unavailable` when something does not come up in its first tries.
        """
        self.stack.open()
        handlers = {number: signal.signal(number, self._on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
        board = self._board = StateFile(self.stack.data.root, self._units())
        try:
            self._bring_up(board)
            with self._changed:
                self._changed.wait_for(lambda: self._stopping)
        except BaseException as error:
            board.whole("stopping", error=str(error))
            raise
        finally:
            self._stop_in_order(board)
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

    def _bring_up(self, board: StateFile) -> None:
        self._server_keepers = [
            UnitSupervisor(name, server, board, self._on_change, first_tries=2)
            for name, server in self.stack.servers.items()
        ]
        self._start_all(self._server_keepers)
        if self._stopping:
            return
        urls = environment(self.stack.servers)
        if self._before_workers is not None:
            self._before_workers(urls)
        for worker in self.workers:
            worker.urls = urls
        self._worker_keepers = [
            UnitSupervisor(worker.name, worker, board, self._on_change, first_tries=3) for worker in self.workers
        ]
        self._start_all(self._worker_keepers)
        if not self._stopping:
            board.whole("ready")
            self._say("stack", "ready")

    def _start_all(self, keepers: list[UnitSupervisor]) -> None:
        """Start them side by side; returns when all are ready or we are told to stop."""
        for keeper in keepers:
            keeper.start()
        with self._changed:
            self._changed.wait_for(
                lambda: self._stopping or _failure(keepers) or all(k.ready_once.is_set() for k in keepers)
            )
        if error := _failure(keepers):
            raise error

    def _stop_in_order(self, board: StateFile) -> None:
        board.whole("stopping")
        for keepers in (self._worker_keepers, self._server_keepers):
            with ThreadPoolExecutor(len(keepers) or 1) as pool:
                list(pool.map(UnitSupervisor.stop, keepers))
        board.whole("stopped")

    def _on_change(self, name: str, text: str) -> None:
        self._say(name, text)
        with self._changed:
            self._changed.notify_all()

    def _progress(self, name: str, text: str) -> None:
        """What servers report on the way up, to whom it may concern and into the state for `start_detached`."""
        self._say(name, text)
        if self._board is not None and name in self._board.state.units:
            self._board.unit(name, note=text)

    def _units(self) -> dict[str, Unit]:
        servers = {name: Unit("server", str(one.log), port=one.port) for name, one in self.stack.servers.items()}
        return servers | {worker.name: Unit("worker", str(worker.log)) for worker in self.workers}


def _failure(keepers: list[UnitSupervisor]) -> Unavailable | None:
    return next((keeper.failure for keeper in keepers if keeper.failure), None)
