"""The event log: append, read, scan. One table in PostgreSQL, positions without gaps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from eventstore.append import Request, WrongGuess, append_requests
from eventstore.model import AppendResult, NewEvent
from eventstore.reader import LogReader
from eventstore.session import Cursor, transaction
from telemetry import failpoints

__all__ = ["Also", "Cursor", "EventLog"]

Also: TypeAlias = Callable[[Cursor, AppendResult], object]


class EventLog(LogReader):
    """Appends to and reads from the log; every method takes one connection of its pool while it runs.

    Thread-safe as far as the pool is. All methods raise TransientError when the server cannot be reached or ends
    the session (repeating an append is harmless), and Unavailable when the tables are missing.
    """

    def append(self, events: Sequence[NewEvent], *, also: Also | None = None, contiguous: bool = True) -> AppendResult:
        """Append `events` in one transaction of any size.

        Atomic per stream: a stream with an event that does not fit (another event has its version, or the
        version is not the next one) has none of its events appended and is reported in `conflicts`; the other
        streams are appended. An event that is already in the log at its version is skipped.
        `also` runs in the same transaction, after the append; what it raises rolls both back.
        `contiguous=False` accepts any version above the stream's newest. A stream that was begun this way without a
        version 1 must continue this way: otherwise a version 1 would start it as if it were new.
        """
        return self._append([events], also, contiguous=contiguous)[0]

    def append_all(self, requests: Sequence[Request]) -> list[AppendResult]:
        """Append each request as `append` would, in order, all in one transaction; one result each."""
        return self._append(requests)

    def _append(
        self, requests: Sequence[Request], also: Also | None = None, *, contiguous: bool = True
    ) -> list[AppendResult]:
        """Assume first that streams with a version 1 are new; if the guess was wrong, start again with a look-up."""
        try:
            return self._attempt(requests, also, contiguous=contiguous, trusting=contiguous)
        except WrongGuess:
            return self._attempt(requests, also, contiguous=contiguous, trusting=False)

    def _attempt(
        self, requests: Sequence[Request], also: Also | None, *, contiguous: bool, trusting: bool
    ) -> list[AppendResult]:
        with transaction(self._pool) as cursor:
            results = append_requests(cursor, requests, contiguous=contiguous, trusting=trusting)
            if also is not None:
                also(cursor, results[0])
            failpoints.hit("append.before_commit")
        failpoints.hit("append.committed")
        return results
