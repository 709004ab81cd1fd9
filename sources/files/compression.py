"""Opening a file, or standard input, as one stream of decompressed bytes.

The kind of compression is read from the first bytes, not from the name: names lie, and standard input has none. Both
decompressors hold one window, whatever the file's size, and both notice a truncated file.
"""

from __future__ import annotations

import gzip
import io
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import zstandard

from schemas.errors import InvalidInput

STDIN = "-"
# What reading a damaged or truncated stream raises, in any decompressor.
DAMAGE = (OSError, EOFError, zlib.error, zstandard.ZstdError, zipfile.BadZipFile)

_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_ZSTD_SKIPPABLE = b"\x2a\x4d\x18"  # preceded by one byte, 0x50 to 0x5f: what parallel compressors begin with
_MAX_WINDOW = 1 << 27  # 128 MB, what zstd itself accepts without --long
# A block of 4 bytes may stand for 128 kB, so the input is fed in small bites: at most 8 MB come out of one.
_BITE = 256


class _ZstdStream(io.RawIOBase):
    """The content of all frames of a zstd file. (zstandard's own stream_reader accepts a truncated file as complete.)"""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._decompressor = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW)
        self._frame: zstandard.ZstdDecompressionObj | None = None
        self._input = b""
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's WriteableBuffer has no len()
        while not self._ready:
            if not self._fill():
                return 0
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _fill(self) -> bool:
        bite = self._input or self._source.read(_BITE)
        if not bite:
            if self._frame is not None:
                raise EOFError("the last zstd frame is not complete")
            return False
        frame = self._frame or self._decompressor.decompressobj()
        self._ready = memoryview(frame.decompress(bite))
        self._frame, self._input = (None, frame.unused_data) if frame.eof else (frame, b"")
        return True


def can_be_read_again(path: str) -> bool:
    """Whether opening `path` a second time gives the same: not of standard input, nor of a pipe that a shell named."""
    return path != STDIN and not Path(path).is_fifo()


@contextmanager
def open_decompressed(path: str) -> Iterator[IO[bytes]]:
    """The bytes of `path` ("-" is standard input) without their gzip or zstd compression, buffered.

    Raises InvalidInput when the file cannot be opened. Reading the stream raises one of DAMAGE when the compressed
    data is broken or ends early.
    """
    if path == STDIN:
        yield _decompressed(sys.stdin.buffer)
        return
    with _open(path) as source:
        yield _decompressed(source)


def packing(stream: IO[bytes]) -> str:
    """How what `open_decompressed` gave was compressed: gzip, zstd, or ""."""
    if isinstance(stream, gzip.GzipFile):
        return "gzip"
    return "zstd" if isinstance(getattr(stream, "raw", None), _ZstdStream) else ""


def _open(path: str) -> IO[bytes]:
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise InvalidInput(f"cannot read {path}: {error.strerror}", field="path", reason="unreadable") from error


def _decompressed(source: IO[bytes]) -> IO[bytes]:
    try:
        magic = cast("io.BufferedReader", source).peek(4)[:4]
    except OSError:
        return source  # the first read reports it
    if magic.startswith(_GZIP_MAGIC):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=source))
    if magic == _ZSTD_MAGIC or (magic[1:] == _ZSTD_SKIPPABLE and magic[0] >> 4 == 5):
        return io.BufferedReader(_ZstdStream(source), 1 << 17)
    return source
