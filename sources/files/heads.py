"""The beginning of a stream, looked at and then read again."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import IO

from sources.files.compression import DAMAGE

HEAD_BYTES = 1 << 18


class _Again(io.RawIOBase):
    """First what was looked at, then the damage that was met there, or the rest."""

    def __init__(self, head: bytes, rest: IO[bytes], damage: Exception | None) -> None:
        self._head, self._rest, self._damage = memoryview(head), rest, damage

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's WriteableBuffer has no len()
        if not self._head and self._damage is not None:
            raise self._damage
        data = self._head[: len(buffer)] or self._rest.read(len(buffer))
        buffer[: len(data)] = data
        self._head = self._head[len(data) :]
        return len(data)


def look(stream: IO[bytes], size: int = HEAD_BYTES) -> tuple[bytes, bool, IO[bytes]]:
    """At most `size` bytes of the beginning, whether they are all there is, and the whole stream to be read from there.

    Damage within the beginning is raised where the stream is read up to it.
    """
    head, data = bytearray(), b"begin"
    damage: Exception | None = None
    read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)  # what was read before damage is kept
    while data and len(head) < size:
        try:
            data = read(size - len(head))
        except DAMAGE as error:
            damage = error
            break
        head += data
    return bytes(head), not data, io.BufferedReader(_Again(bytes(head), stream, damage), 1 << 17)
