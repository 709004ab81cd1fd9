"""Group commit: concurrent appends share one transaction, and so one flush to disk."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Condition, Thread

from connectors.isolate import Bad, isolate
from eventstore.log import EventLog
from eventstore.model import AppendResult, NewEvent
from schemas.errors import TransientError

PATIENCE_SECONDS = 0.0005
"""How long the writer waits for the next of the callers that it expects back."""


@dataclass(slots=True)
class _Waiting:
    events: Sequence[NewEvent]
    result: Future[AppendResult] = field(default_factory=Future)


class GroupCommit:
    """Appends on behalf of many threads through one writer thread.

    While one transaction is being committed the next appends queue up, and share the following one. Callers
    that were just answered often append again at once, so the writer waits a moment for as many as it answered; a
    single caller never waits.
    Each append is checked as if alone: a conflict or a bad event of one does not affect the others.
    """

    def __init__(self, log: EventLog, *, max_events: int = 5_000) -> None:
        """`max_events` bounds a transaction, except that one append is never split. The caller closes it."""
        self._log = log
        self._max_events = max_events
        self._queue: deque[_Waiting] = deque()
        self._arrived = Condition()
        self._wanted = 1
        self._closed = False
        self._writer = Thread(target=self._run, name="event-log-group-commit", daemon=True)
        self._writer.start()

    def append(self, events: Sequence[NewEvent]) -> Future[AppendResult]:
        """Queue `events`; the future gives what `EventLog.append` would have returned or raised.

        Thread-safe. Raises RuntimeError after `close`. The result arrives after the commit.
        """
        waiting = _Waiting(events)
        with self._arrived:
            if self._closed:
                raise RuntimeError("this GroupCommit is closed; make a new one")
            self._queue.append(waiting)
            if len(self._queue) >= self._wanted:
                self._arrived.notify()
        return waiting.result

    def close(self) -> None:
        """Write what is queued, then end the writer."""
        with self._arrived:
            self._closed = True
            self._arrived.notify()
        self._writer.join()

    def _run(self) -> None:
        expected = 1
        while group := self._gather(expected):
            self._write([one for one in group if one.result.set_running_or_notify_cancel()])
            expected = len(group) + len(self._queue)

    def _gather(self, expected: int) -> list[_Waiting]:
        """The queued appends, after a short wait for `expected` of them; empty when closed and all is written."""
        with self._arrived:
            self._arrived.wait_for(lambda: self._queue or self._closed)
            self._wanted, seen = expected, 0
            while seen < len(self._queue) < expected and not self._closed:
                seen = len(self._queue)
                self._arrived.wait(PATIENCE_SECONDS)
            self._wanted = 1
            return self._take()

    def _take(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        size = 0
        while self._queue and size < self._max_events:
            group.append(self._queue.popleft())
            size += len(group[-1].events)
        return group

    def _write(self, group: Sequence[_Waiting]) -> None:
        """A lost server fails everyone who has no answer yet; anything else is one caller's doing."""
        try:
            bad = isolate(group, self._append, blames=lambda error: not isinstance(error, TransientError))
        except TransientError as error:
            bad = [Bad(one, error) for one in group if not one.result.done()]
        for one in bad:
            one.item.result.set_exception(one.error)

    def _append(self, group: Sequence[_Waiting]) -> None:
        results = self._log.append_all([one.events for one in group])
        for one, result in zip(group, results, strict=True):
            one.result.set_result(result)
