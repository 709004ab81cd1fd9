"""Text of other encodings as UTF-8, where a byte order mark says which it is."""

from __future__ import annotations

import codecs
import io
from typing import IO

from schemas.errors import InvalidInput

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BITE = 1 << 16
_HALF_A_CHARACTER = b"\xff"  # is no UTF-8, so its row is refused


def encoding_of(head: bytes) -> tuple[str, int] | None:
    """The encoding that a byte order mark names and the mark's length; None for what is taken as UTF-8."""
    return next(((name, len(mark)) for mark, name in _MARKS if head.startswith(mark)), None)


def checked(encoding: str) -> str:
    """The usual name of a text encoding. Raises InvalidInput."""
    try:
        "".encode(encoding)
        return codecs.lookup(encoding).name
    except (LookupError, ValueError):
        raise InvalidInput(
            f"there is no encoding {encoding!r}; write one like windows-1252", field="encoding", reason="unknown"
        ) from None


class _Recoded(io.RawIOBase):
    """The characters of another encoding in UTF-8. What is no character becomes bytes that are no UTF-8."""

    def __init__(self, source: IO[bytes], encoding: str) -> None:
        self._source = source
        halves = "surrogatepass" if encoding.startswith("utf") else "surrogateescape"
        self._decoder = codecs.getincrementaldecoder(encoding)(errors=halves)
        self._ready = memoryview(b"")
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's WriteableBuffer has no len()
        while not self._ready and not self._ended:
            self._fill()
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _fill(self) -> None:
        data = self._source.read(_BITE)
        self._ended = not data
        try:
            text = self._decoder.decode(data, final=self._ended)
        except UnicodeDecodeError:
            self._ended = True
            self._ready = memoryview(_HALF_A_CHARACTER)
            return
        self._ready = memoryview(text.encode(errors="surrogatepass"))


def recoded(stream: IO[bytes], encoding: str, mark: int) -> IO[bytes]:
    """The stream behind its byte order mark of so many bytes, as UTF-8."""
    stream.read(mark)
    return io.BufferedReader(_Recoded(stream, encoding), 1 << 17)


class _Lines(io.RawIOBase):
    """Lines that end with a carriage return, as with a newline."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's WriteableBuffer has no len()
        data = self._source.read(len(buffer)).replace(b"\r", b"\n")
        buffer[: len(data)] = data
        return len(data)


def with_newlines(stream: IO[bytes]) -> IO[bytes]:
    """A text whose lines end as they did on the Macintosh, which Excel still offers."""
    return io.BufferedReader(_Lines(stream), 1 << 17)
