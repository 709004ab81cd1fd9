"""Blocks of the Native format: named, typed columns of equal length. Read for their shape, never for their values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from embedded.gateway.columns import walk_of
from embedded.gateway.errors import INCORRECT_DATA, FatalError, GatewayError
from embedded.gateway.limits import Limits
from embedded.gateway.wire import WireReader, WireWriter, encoded

Column = tuple[str, str]
"""Name and ClickHouse type."""

# Field 1: overflows = 0; field 2: bucket = -1; end.
BLOCK_INFO: Final = b"\x01\x00\x02\xff\xff\xff\xff\x00"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a block holds: its columns and its number of rows."""

    columns: tuple[Column, ...]
    rows: int

    @property
    def ends_data(self) -> bool:
        """A block without columns ends the data."""
        return not self.columns


def read_block_info(reader: WireReader) -> None:
    """Skip the fields before a block on the wire."""
    while field := reader.varint():
        if field == 1:
            reader.byte()
        elif field == 2:
            reader.int32()
        else:
            raise FatalError(INCORRECT_DATA, f"Block info has the unknown field {field}.")


def read_shape(reader: WireReader, limits: Limits, sink: Callable[[bytes], object]) -> Shape:
    """Read one block, handing its bytes to `sink`."""
    with reader.copying_to(sink):
        count, rows = reader.varint(), reader.varint()
        if count > limits.max_columns or rows > limits.max_block_rows:
            raise FatalError(
                INCORRECT_DATA,
                f"A block of {count} columns and {rows} rows is over the limits "
                f"({limits.max_columns} columns, {limits.max_block_rows} rows); send smaller blocks.",
            )
        return Shape(tuple(_read_column(reader, rows) for _ in range(count)), rows)


def _read_column(reader: WireReader, rows: int) -> Column:
    name, type_name = reader.text(), reader.text()
    walk = walk_of(type_name)
    if rows:
        walk.skip(reader, rows)
    return name, type_name


def split_blocks(payload: bytes, limits: Limits) -> Iterator[tuple[Shape, bytes]]:
    """The blocks that the engine wrote one after the other into one result."""
    reader = WireReader(partial(next, iter((payload, b"")), b""))
    start = 0
    while start < len(payload):
        shape = engine_shape(reader, limits)
        yield shape, payload[start : reader.position]
        start = reader.position


def engine_shape(reader: WireReader, limits: Limits) -> Shape:
    """The shape of a block from the engine. A type that cannot be carried is the query's fault: not fatal."""
    try:
        return read_shape(reader, limits, lambda _part: None)
    except FatalError as error:
        raise GatewayError(error.code, str(error)) from None


def shape_of(payload: bytes, limits: Limits) -> Shape:
    """The shape of the first block in `payload`."""
    return next(shape for shape, _block in split_blocks(payload, limits))


def retyped(payload: bytes, types: Sequence[str]) -> bytes:
    """The same block with the types written as `types`, one for each column."""
    reader = WireReader(partial(next, iter((payload, b"")), b""))
    _count, rows = reader.varint(), reader.varint()
    parts, copied = [], 0
    for type_name in types:
        reader.text()
        before = reader.position
        walk = walk_of(reader.text())
        parts += [payload[copied:before], encoded(type_name)]
        copied = reader.position
        if rows:
            walk.skip(reader, rows)
    return b"".join([*parts, payload[copied:]])


def write_header(writer: WireWriter, columns: Sequence[Column]) -> None:
    """Write a block without rows, which carries names and types."""
    writer.varint(len(columns))
    writer.varint(0)
    for name, type_name in columns:
        writer.text(name)
        writer.text(type_name)
