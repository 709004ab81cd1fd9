"""ClickHouse's binary primitives: little-endian numbers, LEB128 varints, length-prefixed strings."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from embedded.gateway.errors import INCORRECT_DATA, TOO_MANY_BYTES, FatalError

MAX_NAME_BYTES: Final = 64 << 10
_VARINT_BYTES: Final = 10
_UINT64 = struct.Struct("<Q")
_INT32 = struct.Struct("<i")


class WireReader:
    """Reads from `fill`, a function that returns the next bytes, or b"" at the end of the stream.

    Whatever passes while `copying_to` is open is also handed to a sink, so a block can be stored while its end is
    being found, in constant memory.
    """

    def __init__(self, fill: Callable[[], bytes]) -> None:
        self._fill = fill
        self._buffer = b""
        self._position = 0
        self._copy_from = 0
        self._sink: Callable[[bytes], object] | None = None

    @property
    def position(self) -> int:
        """Offset in the current buffer; meaningful as a whole only when everything came in one piece."""
        return self._position

    def pending(self) -> bytes:
        """Bytes received and not yet read."""
        return self._buffer[self._position :]

    @contextmanager
    def copying_to(self, sink: Callable[[bytes], object]) -> Iterator[None]:
        """Hand every byte read inside the block to `sink`, in order."""
        self._sink, self._copy_from = sink, self._position
        try:
            yield
            sink(self._buffer[self._copy_from : self._position])
        finally:
            self._sink = None

    def byte(self) -> int:
        if self._position >= len(self._buffer):
            self._refill()
        value = self._buffer[self._position]
        self._position += 1
        return value

    def varint(self) -> int:
        value = self.byte()
        if value < 0x80:
            return value
        value &= 0x7F
        for shift in range(7, 7 * _VARINT_BYTES, 7):
            octet = self.byte()
            value |= (octet & 0x7F) << shift
            if octet < 0x80:
                return value
        raise FatalError(INCORRECT_DATA, "A variable-length number is longer than 10 bytes.")

    def take(self, count: int) -> bytes:
        """Exactly `count` bytes; callers bound `count`."""
        parts = []
        while count:
            if self._position >= len(self._buffer):
                self._refill()
            part = self._buffer[self._position : self._position + count]
            self._position += len(part)
            count -= len(part)
            parts.append(part)
        return b"".join(parts)

    def uint64(self) -> int:
        return int(_UINT64.unpack(self.take(8))[0])

    def int32(self) -> int:
        return int(_INT32.unpack(self.take(4))[0])

    def text(self, limit: int = MAX_NAME_BYTES) -> str:
        """A string of at most `limit` bytes of UTF-8."""
        size = self.varint()
        if size > limit:
            raise FatalError(TOO_MANY_BYTES, f"A string of {size} bytes is longer than the {limit} allowed here.")
        try:
            return self.take(size).decode()
        except UnicodeDecodeError:
            raise FatalError(
                INCORRECT_DATA, "A name or query is not valid UTF-8; pass binary values as data."
            ) from None

    def skip(self, count: int) -> None:
        """Skip `count` bytes without keeping them."""
        left = len(self._buffer) - self._position
        while count > left:
            count -= left
            self._refill()
            left = len(self._buffer)
        self._position += count

    def skip_strings(self, count: int) -> None:
        """Skip `count` strings. The hot loop of inserts: locals only, no call for strings under 128 bytes."""
        buffer, position = self._buffer, self._position
        end = len(buffer)
        for _ in range(count):
            if position < end and (size := buffer[position]) < 0x80 and position + size < end:
                position += size + 1
                continue
            self._position = position
            self.skip(self.varint())
            buffer, position = self._buffer, self._position
            end = len(buffer)
        self._position = position

    def _refill(self) -> None:
        if self._sink is not None:
            self._sink(self._buffer[self._copy_from :])
        self._copy_from = 0
        self._buffer, self._position = self._fill(), 0
        if not self._buffer:
            raise EOFError("the stream ended inside a value")


def varint(value: int) -> bytes:
    """A number >= 0 in seven-bit groups, lowest first."""
    groups = bytearray()
    while value >= 0x80:
        groups.append(value & 0x7F | 0x80)
        value >>= 7
    groups.append(value)
    return bytes(groups)


def encoded(text: str) -> bytes:
    """A string with its length before it."""
    payload = text.encode()
    return varint(len(payload)) + payload


class WireWriter:
    """Collects bytes and hands them to `send`; large payloads pass through without a copy."""

    _LARGE: Final = 64 << 10

    def __init__(self, send: Callable[[bytes], object]) -> None:
        self._send = send
        self._pending = bytearray()

    def varint(self, value: int) -> None:
        self._pending += varint(value)

    def byte(self, value: int) -> None:
        self._pending.append(value)

    def int32(self, value: int) -> None:
        self._pending += _INT32.pack(value)

    def text(self, value: str) -> None:
        self._pending += encoded(value)

    def raw(self, payload: bytes) -> None:
        if len(payload) < self._LARGE:
            self._pending += payload
            return
        self.flush()
        self._send(payload)

    def flush(self) -> None:
        if self._pending:
            payload, self._pending = bytes(self._pending), bytearray()
            self._send(payload)
