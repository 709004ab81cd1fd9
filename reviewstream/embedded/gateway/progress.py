"""Progress packets: the engine tells running totals, the protocol wants what came since the last packet."""

from __future__ import annotations

from reviewstream.embedded.gateway.packets import Answer
from reviewstream.embedded.gateway.session import Progress


class ProgressReport:
    """Of one query. `show` is called by the engine in the thread that serves the client, so it may write packets."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._rows = 0
        self._size = 0
        self._total = 0
        self._read_rows = 0
        self._read_bytes = 0
        self._failure: OSError | None = None

    def show(self, totals: Progress) -> None:
        """Tell the client at once. A broken connection is kept for `check`: the engine swallows exceptions here."""
        if self._failure is None:
            try:
                self._send(totals.get("read_rows", 0), totals.get("read_bytes", 0), totals.get("total_rows_to_read", 0))
                self._answer.flush()
            except OSError as error:
                self._failure = error

    def add(self, *, rows: int, size: int) -> None:
        """Rows and bytes that a block of the result cost."""
        self._read_rows += rows
        self._read_bytes += size

    def check(self) -> None:
        """Raise what `show` met."""
        if self._failure is not None:
            raise self._failure

    def finish(self) -> None:
        """What no packet has told yet: short queries end before the engine reports at all."""
        self._send(self._read_rows, self._read_bytes, self._total)

    def _send(self, rows: int, size: int, total: int) -> None:
        more = (max(rows - self._rows, 0), max(size - self._size, 0), max(total - self._total, 0))
        if any(more):
            self._answer.progress(rows=more[0], size=more[1], total_rows=more[2])
            self._rows, self._size, self._total = self._rows + more[0], self._size + more[1], self._total + more[2]
