"""Physical lines of a byte stream in bounded memory, which can be pushed back and read again."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import IO, NamedTuple

from sources.files.compression import DAMAGE

MAX_LINE_BYTES = 8 * 1024 * 1024
KEPT_OF_LONG_LINE = 64 * 1024
_SKIP_BYTES = 1 << 20
_BOM = b"\xef\xbb\xbf"


class Line(NamedTuple):
    """One physical line with its newline. With a `problem`, `data` is at most the beginning of it."""

    number: int  # from 1
    offset: int  # of its first byte in the decompressed stream
    data: bytes
    problem: str | None = None


class LineSource:
    """Lines one by one; never holds more than one line of MAX_LINE_BYTES and what was pushed back."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._returned: deque[Line] = deque()
        self._number = 0
        self._offset = 0
        self._ended = False

    def take(self) -> Line | None:
        """The next line, or None at the end. Damage in the stream is a last line with a problem."""
        if self._returned:
            return self._returned.popleft()
        if self._ended:
            return None
        self._number += 1
        try:
            return self._read()
        except DAMAGE as error:
            self._ended = True
            return Line(self._number, self._offset, b"", self._damage(error))

    def push_back(self, lines: Iterable[Line]) -> None:
        """Push lines back, in their order, to be taken again."""
        self._returned.extendleft(reversed(list(lines)))

    def _read(self) -> Line | None:
        data = self._stream.readline(MAX_LINE_BYTES + 1)
        start, self._offset = self._offset, self._offset + len(data)
        if not data:
            self._ended = True
            return None
        if start == 0 and data.startswith(_BOM):
            start, data = len(_BOM), data[len(_BOM) :]
        if len(data) <= MAX_LINE_BYTES or data.endswith(b"\n"):
            return Line(self._number, start, data)
        self._skip_rest()
        problem = f"line {self._number} is longer than {MAX_LINE_BYTES >> 20} MB; only its beginning is kept"
        return Line(self._number, start, data[:KEPT_OF_LONG_LINE], problem)

    def _skip_rest(self) -> None:
        while rest := self._stream.readline(_SKIP_BYTES):
            self._offset += len(rest)
            if rest.endswith(b"\n"):
                return

    def _damage(self, error: Exception) -> str:
        return (
            f"the data is damaged or cut off after line {self._number - 1} ({type(error).__name__}): "
            "nothing after it can be read; fetch the file again and resume from that line"
        )
