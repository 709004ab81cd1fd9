"""Analyzers in processes of their own, so that an event loop stays free and every core works.

The processes are spawned once, load the models, warm up and stay. They are niced (the event loop and the servers come
first), use one thread each for matrices, and exit when their parent has ended, however it died. When one is killed, the
texts in flight fail with TransientError and the next submit starts new processes.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from types import TracebackType
from typing import Self

from nlp import worker
from nlp.model import Analysis, Given
from nlp.settings import AnalyzerSettings
from schemas.errors import TransientError, Unavailable
from telemetry.metrics import NLP_QUEUE

__all__ = ["AnalysisPool", "AnalyzerSettings"]

_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")


class AnalysisPool:
    """A fixed number of analyzer processes; safe to use from many threads."""

    def __init__(self, workers: int, settings: AnalyzerSettings | None = None) -> None:
        if workers < 1:
            raise ValueError(f"workers must be at least 1, not {workers}")
        self._workers = workers
        self._settings = settings or AnalyzerSettings()
        self._lock = threading.Lock()
        self._executor: ProcessPoolExecutor | None = None
        self._closed = False

    def start(self) -> None:
        """Launch the processes and wait until all are warm (seconds). Raises Unavailable when a model is missing."""
        with self._lock:
            ready = self._launch()
        try:
            for answer in ready:
                answer.result()
        except BrokenExecutor as error:
            raise TransientError(
                "An analysis process died while loading its models. Is there enough memory?"
            ) from error
        except Exception:
            self.close()  # loading fails the same way again
            raise

    def submit(self, texts: Sequence[str | Given]) -> Future[list[Analysis]]:
        """The analyses of these texts, in order, later. Fails with TransientError when a process was killed meanwhile.

        Launches processes if there are none. Raises Unavailable after close().
        """
        result: Future[list[Analysis]] = Future()
        result.set_running_or_notify_cancel()  # a batch that has begun is finished; it cannot be cancelled half-way
        with self._lock:
            inner = self._submit(list(texts))
        NLP_QUEUE.inc(len(texts))
        result.add_done_callback(lambda _: NLP_QUEUE.dec(len(texts)))
        inner.add_done_callback(lambda done: _hand_over(done, result))
        return result

    def close(self) -> None:
        """Finish what runs, drop what waits (its futures fail with TransientError), end the processes."""
        with self._lock:
            executor, self._executor, self._closed = self._executor, None, True
        if executor:
            executor.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def process_ids(self) -> list[int]:
        """The ids of the running processes."""
        processes = self._executor._processes if self._executor else None  # noqa: SLF001  # no public way
        return list(processes or ())

    def _submit(self, texts: list[str | Given]) -> Future[list[Analysis]]:
        if self._executor is None:
            self._launch()
        try:
            return self._running().submit(worker.analyze, texts)
        except BrokenExecutor:
            self._executor = None
            self._launch()
            return self._running().submit(worker.analyze, texts)

    def _running(self) -> ProcessPoolExecutor:
        if self._executor is None:
            raise Unavailable("The analysis pool is closed. Make a new one.")
        return self._executor

    def _launch(self) -> list[Future[None]]:
        """Start every process at once: each takes one of these tasks, since all wait for each other at the barrier."""
        if self._closed:
            raise Unavailable("The analysis pool is closed. Make a new one.")
        if self._executor is not None:
            return []
        context = get_context("spawn")
        together = context.Barrier(self._workers)
        self._executor = ProcessPoolExecutor(self._workers, context, worker.prepare, (self._settings, together))
        with _single_threaded_children():
            return [self._executor.submit(worker.wait_for_all) for _ in range(self._workers)]


def _hand_over(done: Future[list[Analysis]], result: Future[list[Analysis]]) -> None:
    """The library's errors as ours."""
    try:
        result.set_result(done.result())
    except (BrokenExecutor, CancelledError):
        result.set_exception(TransientError("An analysis process ended before it answered. Submit the texts again."))
    except BaseException as error:  # noqa: BLE001  # whatever the process raised is passed to the waiting caller
        result.set_exception(error)


@contextmanager
def _single_threaded_children() -> Iterator[None]:
    """Numbers of threads, read when a process imports numpy: they must be set in the environment it inherits."""
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
