"""The physical lines of one row of delimited text."""

from __future__ import annotations

from collections.abc import Iterator

from sources.files.lines import MAX_LINE_BYTES, Line, LineSource

MAX_ROW_LINES = 10_000


class UnreadableLine(Exception):
    """A line that the parser requested cannot be read."""


class Span(Iterator[str]):
    """The lines that one row takes from the source, decoded as the parser asks for them."""

    def __init__(self, source: LineSource) -> None:
        self._source = source
        self._bytes = 0
        self.lines: list[Line] = []

    def __next__(self) -> str:
        line = self._source.take()
        if line is None:
            raise StopIteration
        self.lines.append(line)
        self._bytes += len(line.data)
        if line.problem is not None:
            raise UnreadableLine(line.problem)
        if self._bytes > MAX_LINE_BYTES or len(self.lines) > MAX_ROW_LINES:
            raise UnreadableLine(f"the row is longer than {MAX_LINE_BYTES >> 20} MB or {MAX_ROW_LINES} lines")
        # Delimiters and quotes are ASCII, so a row with broken characters still ends where it should.
        return line.data.decode(errors="surrogateescape")
