"""A JSON document's bytes for a parser, line by line, so that it is known how far the parser is."""

from __future__ import annotations

import re
from typing import IO

_BOM = b"\xef\xbb\xbf"
_BITE = 1 << 16
MAX_RECORD_BYTES = 8 * 1024 * 1024
_HALF = re.compile(rb"(?<!\\)(?:\\\\)*(?:\\u[dD][89abAB]..(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F]..)")


class TooLong(Exception):
    """A record is longer than MAX_RECORD_BYTES."""


class JsonStream:
    """What ijson reads from. `begin` is where the record begins that is being read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.line = 0
        self.offset = 0
        self.begin = 0
        self.halves = 0
        """Halves of surrogate pairs seen: the parser reads each as a question mark."""
        self._inside_line = False

    def read(self, size: int = _BITE) -> bytes:
        """At most a line. Raises TooLong."""
        if size == 0:
            return b""
        if self.offset - self.begin > MAX_RECORD_BYTES:
            raise TooLong
        data = self._stream.readline(_BITE)
        if not self._inside_line:
            self.line += 1
        self._inside_line = not data.endswith(b"\n")
        if self.offset == 0 and data.startswith(_BOM):
            data = data[len(_BOM) :] or self._stream.readline(_BITE)
        self.offset += len(data)
        if b"\\u" in data:
            self.halves += len(_HALF.findall(data))
        return data
