"""Tails the log: one reader for any number of subscribers in this process."""

from __future__ import annotations

from threading import Condition, Event, Thread

import structlog

from eventstore.log import EventLog
from eventstore.model import RecordedEvent
from eventstore.wakeup import Wakeup
from eventstore.window import Window
from schemas.errors import TransientError

__all__ = ["SharedTail", "Wakeup"]

PAGE = 1_000
_logger = structlog.get_logger(__name__)


class SharedTail:
    """Reads each new event once and hands it to every subscriber, at any position.

    Subscribers are just callers of `read` with a position of their own. One that is further back than the window
    reads the log by itself until it has caught up. Memory is bounded by the window.
    """

    def __init__(
        self,
        log: EventLog,
        wakeup: Wakeup | None,
        *,
        window: int = 20_000,
        window_bytes: int = 32_000_000,
        poll_interval: float = 1.0,
    ) -> None:
        """Starts reading at the log's head.

        `window` in events; without a `wakeup`, or when it misses one, new events arrive within `poll_interval` seconds.
        Raises TransientError when the log cannot be reached. The caller closes it, which closes `wakeup` too.
        """
        self._log = log
        self._wakeup = wakeup
        self._poll_interval = poll_interval
        self._window = Window(log.head(), max_events=window, max_bytes=window_bytes)
        self._grown = Condition()
        self._closing = Event()
        self._failure: Exception | None = None
        self._reader = Thread(target=self._run, name="event-log-tail", daemon=True)
        self._reader.start()

    def read(self, after: int, limit: int, timeout: float) -> list[RecordedEvent]:
        """Up to `limit` events after position `after`; waits up to `timeout` seconds when there is nothing new.

        Thread-safe. An empty list means that nothing arrived in time, or that the tail is closed.
        Raises TransientError when the log had to be read directly and cannot be reached.
        """
        with self._grown:
            self._grown.wait_for(lambda: self._window.end > after or self._closing.is_set(), timeout)
            if self._failure is not None:
                raise RuntimeError("the reader of the event log failed; restart the process") from self._failure
            held = self._window.after(after, limit)
        return self._log.read_after(after, limit) if held is None else held

    def close(self) -> None:
        """End the reader, within `poll_interval`, and wake every subscriber."""
        self._closing.set()
        with self._grown:
            self._grown.notify_all()
        self._reader.join()
        if self._wakeup is not None:
            self._wakeup.close()

    def _run(self) -> None:
        try:
            while not self._closing.is_set():
                if not self._fill():
                    self._pause()
        except Exception as error:
            self._failure = error
            _logger.exception("tail.failed")
            self._closing.set()
            with self._grown:
                self._grown.notify_all()

    def _fill(self) -> bool:
        """Read one page of new events; False when there were none."""
        try:
            page = self._log.read_after(self._window.end, PAGE)
        except TransientError as error:
            _logger.warning("tail.read_failed", error=str(error), retry_seconds=self._poll_interval)
            return False
        if page:
            with self._grown:
                self._window.extend(page)
                self._grown.notify_all()
        return bool(page)

    def _pause(self) -> None:
        if self._wakeup is None:
            self._closing.wait(self._poll_interval)
        else:
            self._wakeup.wait(self._poll_interval)
