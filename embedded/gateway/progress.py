"""Progress packets: the engine tells running totals, the protocol wants what came since the last packet."""

from __future__ import annotations

from embedded.gateway.packets import Answer
from embedded.gateway.session import Chunk, Progress

# In the order of the packet.
_FIELDS = ("read_rows", "read_bytes", "total_rows_to_read", "written_rows", "written_bytes")


class ProgressReport:
    """Of one query. `show` is called by the engine in the thread that serves the client, so it may write packets."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._told = dict.fromkeys(_FIELDS, 0)
        self._read_rows = 0
        self._read_bytes = 0
        self._failure: OSError | None = None

    def show(self, totals: Progress) -> None:
        """Tell the client at once. A broken connection is kept for `check`: the engine swallows exceptions here."""
        if self._failure is None:
            try:
                self._tell(totals)
                self._answer.flush()
            except OSError as error:
                self._failure = error

    def add(self, chunk: Chunk) -> None:
        """Count what a block of the result cost."""
        self._read_rows += chunk.read_rows
        self._read_bytes += chunk.read_bytes

    def check(self) -> None:
        """Raise what `show` met."""
        if self._failure is not None:
            raise self._failure

    def finish(self) -> None:
        """What no packet has told yet: short queries end before the engine reports at all."""
        self.check()
        self._tell({"read_rows": self._read_rows, "read_bytes": self._read_bytes})

    def _tell(self, totals: Progress) -> None:
        more = {name: max(totals.get(name, 0) - told, 0) for name, told in self._told.items()}
        if any(more.values()):
            self._answer.progress(*more.values())
            self._told = {name: told + more[name] for name, told in self._told.items()}
