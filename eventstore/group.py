"""Group commit: appends that wait at the same time share one transaction, and so one flush to disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from queue import Empty, SimpleQueue
from threading import Lock, Thread

from eventstore.log import EventLog
from eventstore.model import AppendResult, NewEvent
from schemas.errors import TransientError

PATIENCE_SECONDS = 0.001
"""How long the writer waits for the next of the callers that it expects back."""


@dataclass(slots=True)
class _Waiting:
    events: Sequence[NewEvent]
    result: Future[AppendResult] = field(default_factory=Future)


class GroupCommit:
    """Appends on behalf of many threads through one writer thread.

    While one transaction is being committed the next appends queue up, and go together in the one after it. Callers
    that were just answered often come back at once, so the writer waits a moment for as many as it answered; a
    single caller never waits.
    Each caller is judged as if alone: a conflict or a bad event of one does not touch the others.
    """

    def __init__(self, log: EventLog, *, max_events: int = 5_000) -> None:
        """`max_events` bounds a transaction, except that one append is never split. Close it."""
        self._log = log
        self._max_events = max_events
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._entry = Lock()
        self._closed = False
        self._writer = Thread(target=self._run, name="event-log-group-commit", daemon=True)
        self._writer.start()

    def append(self, events: Sequence[NewEvent]) -> Future[AppendResult]:
        """Queue `events`; the future gives what `EventLog.append` would have returned or raised.

        Thread-safe. Raises RuntimeError after `close`. The result arrives after the commit.
        """
        waiting = _Waiting(events)
        with self._entry:
            if self._closed:
                raise RuntimeError("this GroupCommit is closed; make a new one")
            self._queue.put(waiting)
        return waiting.result

    def close(self) -> None:
        """Write what is queued, then end the writer."""
        with self._entry:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._writer.join()

    def _run(self) -> None:
        more, expected = True, 1
        while more:
            group, more = self._gather(expected)
            self._write([one for one in group if one.result.set_running_or_notify_cancel()])
            expected = len(group) + self._queue.qsize()

    def _gather(self, expected: int) -> tuple[list[_Waiting], bool]:
        """Everything that waits now, at least one, at most `max_events`; False when that was the last.

        Stays for up to `expected` appends as long as they keep coming.
        """
        group: list[_Waiting] = []
        size = 0
        take: Callable[[], _Waiting | None] = self._queue.get
        while size < self._max_events:
            try:
                waiting = take()
            except Empty:
                break
            if waiting is None:
                return group, False
            group.append(waiting)
            size += len(waiting.events)
            late = len(group) < expected
            take = partial(self._queue.get, timeout=PATIENCE_SECONDS) if late else self._queue.get_nowait
        return group, True

    def _write(self, group: Sequence[_Waiting]) -> None:
        if not group:
            return
        try:
            results = self._log.append_all([one.events for one in group])
        except Exception as error:  # noqa: BLE001  # whatever it is belongs to the callers
            self._fail(group, error)
        else:
            for one, result in zip(group, results, strict=True):
                one.result.set_result(result)

    def _fail(self, group: Sequence[_Waiting], error: Exception) -> None:
        """A lost server fails everybody; anything else is one caller's doing, so each tries alone."""
        if len(group) == 1 or isinstance(error, TransientError):
            for one in group:
                one.result.set_exception(error)
        else:
            for one in group:
                self._write([one])
