"""Progress packets: the engine reports running totals, the protocol wants increments since the last packet."""

from __future__ import annotations

from embedded.gateway.packets import Answer
from embedded.gateway.session import Chunk, Progress

# In the order of the packet.
_FIELDS = ("read_rows", "read_bytes", "total_rows_to_read", "written_rows", "written_bytes")


class ProgressReport:
    """The progress of one query. The engine calls `show` in the thread that serves the client, so it may write packets."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._sent = dict.fromkeys(_FIELDS, 0)
        self._read_rows = 0
        self._read_bytes = 0
        self._failure: OSError | None = None

    def show(self, totals: Progress) -> None:
        """Report to the client at once. A broken connection is kept for `check`: the engine swallows exceptions here."""
        if self._failure is None:
            try:
                self._send(totals)
                self._answer.flush()
            except OSError as error:
                self._failure = error

    def add(self, chunk: Chunk) -> None:
        """Count what a block of the result cost."""
        self._read_rows += chunk.read_rows
        self._read_bytes += chunk.read_bytes

    def check(self) -> None:
        """Raise the error that `show` kept."""
        if self._failure is not None:
            raise self._failure

    def finish(self) -> None:
        """Report what no packet has reported yet: short queries end before the engine reports at all."""
        self.check()
        self._send({"read_rows": self._read_rows, "read_bytes": self._read_bytes})

    def _send(self, totals: Progress) -> None:
        more = {name: max(totals.get(name, 0) - sent, 0) for name, sent in self._sent.items()}
        if any(more.values()):
            self._answer.progress(*more.values())
            self._sent = {name: sent + more[name] for name, sent in self._sent.items()}
