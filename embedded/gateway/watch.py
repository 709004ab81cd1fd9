"""Notices, while the engine is busy with a query, that its client cancelled or went away, and stops the query.

The thread that serves a client is inside the engine meanwhile, so one other thread watches all of them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from embedded.gateway.engine import Engine
from embedded.gateway.errors import GatewayError
from embedded.gateway.link import Interruption, Link
from embedded.gateway.session import EngineSession

# As ClickHouse's interactive_delay: a query shorter than this is never checked, so it always answers in full.
INTERVAL_SECONDS: Final = 0.1


class Job:
    """A running query. `cancelled` becomes true when its client wants no more of it."""

    def __init__(self, link: Link, session: EngineSession) -> None:
        self.link = link
        self.session = session
        self.started = time.monotonic()
        self.cancelled = False

    def interrupted(self) -> bool:
        """Its client cancelled or left, and it has run long enough to be checked."""
        old_enough = time.monotonic() - self.started >= INTERVAL_SECONDS
        return old_enough and self.link.interruption() is not Interruption.NONE


class Watcher:
    """A daemon thread, asleep while no query runs."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._jobs: set[Job] = set()
        self._changed = threading.Condition()
        self._stopping = False
        self._ignoring = False
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)
        self._thread.start()

    @contextmanager
    def watching(self, link: Link, session: EngineSession) -> Iterator[Job]:
        """Watch the query that runs inside the block, in which nothing is read from the client."""
        job = Job(link, session)
        with self._changed:
            self._jobs.add(job)
            self._changed.notify()
        try:
            yield job
        finally:
            with self._changed:
                self._jobs.discard(job)

    def ignore_interruptions(self) -> None:
        """The gateway is stopping and has itself stopped receiving: let queries end by themselves."""
        self._ignoring = True

    def cancel_all(self) -> None:
        """Stop every running query."""
        for job in self._running():
            self._cancel(job)

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping:
            with self._changed:
                self._changed.wait_for(lambda: self._jobs or self._stopping)
            time.sleep(INTERVAL_SECONDS)
            for job in self._running():
                if not self._ignoring and job.interrupted():
                    self._cancel(job)

    def _running(self) -> list[Job]:
        with self._changed:
            return list(self._jobs)

    def _cancel(self, job: Job) -> None:
        """Repeated every interval until the query has ended: the engine may not have begun it at the first try."""
        job.cancelled = True
        try:
            self._engine.kill(job.session)
        except GatewayError:
            return
