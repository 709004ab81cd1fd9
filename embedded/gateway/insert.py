"""Rows from a client: received whole into a spool file, then inserted from there by the engine.

Two reasons for the file. A client that dies half-way leaves nothing behind. And the engine's own streaming insert
(send_insert in chDB 4.4) reports success when the table then refuses the rows: too many partitions, a CHECK
constraint, a failing materialized view. Reading a file, it reports those errors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self
from uuid import uuid4

from embedded.gateway.blocks import Column, Shape, read_block_info, read_shape
from embedded.gateway.columns import carried
from embedded.gateway.errors import (
    NO_SUCH_COLUMN_IN_TABLE,
    QUERY_WAS_CANCELLED,
    TOO_MANY_BYTES,
    UNEXPECTED_PACKET_FROM_CLIENT,
    FatalError,
    GatewayError,
)
from embedded.gateway.limits import Limits
from embedded.gateway.packets import FromClient
from embedded.gateway.session import EngineSession
from embedded.gateway.settings import literal
from embedded.gateway.sql import InsertTarget
from embedded.gateway.wire import WireReader

# Filled by the engine itself, or nothing to store: not part of an INSERT that names no columns.
_NOT_INSERTABLE = frozenset({"MATERIALIZED", "ALIAS", "EPHEMERAL"})


@dataclass(frozen=True, slots=True)
class Arrived:
    """One Data packet: the table it is for ("" for the rows of an INSERT) and the shape of its block."""

    table: str
    shape: Shape


class Spool:
    """Takes blocks as they arrive, in a file. Use as a context manager: the file is gone afterwards."""

    _BUFFER = 1 << 20

    def __init__(self, directory: Path, limits: Limits) -> None:
        self.path = directory / f"{uuid4().hex}.native"
        self.rows = 0
        self._limits = limits
        self._pending = bytearray()
        self._size = 0
        self._kept = 0
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._file is not None:
            self._file.close()
            self.path.unlink(missing_ok=True)

    def write(self, part: bytes) -> None:
        """FatalError 307 over the limit: the rest of the data is not read."""
        self._size += len(part)
        if self._size > self._limits.max_insert_bytes:
            raise FatalError(
                TOO_MANY_BYTES, f"An INSERT may carry {self._limits.max_insert_bytes} bytes; send several smaller ones."
            )
        self._pending += part
        if len(self._pending) > self._BUFFER:
            self._flush()

    def keep(self, rows: int) -> None:
        """What was written so far are whole blocks, the last of `rows` rows."""
        self.rows += rows
        self._kept = self._size

    def finish(self) -> None:
        """Put what was kept into the file and close it; without rows there is no file."""
        if self.rows:
            file = self._flush()
            file.truncate(self._kept)
            file.close()

    def _flush(self) -> BinaryIO:
        if self._file is None:
            self._file = self.path.open("wb")
        self._file.write(self._pending)
        self._pending.clear()
        return self._file


def receive_block(reader: WireReader, limits: Limits, sink: Callable[[bytes], object]) -> Arrived:
    """After the packet's number: one block, its bytes handed to `sink`."""
    table = reader.text()
    read_block_info(reader)
    return Arrived(table, read_shape(reader, limits, sink))


def receive_rows(reader: WireReader, limits: Limits, spool: Spool) -> None:
    """Read the blocks of an INSERT up to the empty one. GatewayError 394 when the client cancels instead."""
    while (packet := reader.varint()) == FromClient.DATA:
        shape = receive_block(reader, limits, spool.write).shape
        if shape.ends_data:
            spool.finish()
            return
        spool.keep(shape.rows)
    if packet == FromClient.CANCEL:
        raise GatewayError(
            QUERY_WAS_CANCELLED, "The INSERT was cancelled before its data was complete; nothing was inserted."
        )
    raise FatalError(UNEXPECTED_PACKET_FROM_CLIENT, f"Unexpected packet {packet} from client: Data was expected.")


def expected_columns(session: EngineSession, target: InsertTarget) -> list[Column]:
    """Names and types of the columns that an INSERT fills, in its own order."""
    described = session.rows(f"DESCRIBE TABLE {target.table}")
    types = {name: type_name for name, type_name, *_ in described}
    names = target.columns
    if names is None:
        names = tuple(name for name, _type, kind, *_ in described if kind not in _NOT_INSERTABLE)
    missing = [name for name in names if name not in types]
    if missing:
        raise GatewayError(NO_SUCH_COLUMN_IN_TABLE, f"No such column {missing[0]} in table {target.table}.")
    return [(name, carried(types[name])) for name in names]


def insert_spooled(session: EngineSession, table: str, column_list: str, spool: Spool) -> None:
    """Insert what the spool holds; returns when the engine has stored it."""
    if spool.rows:
        session.execute(f"INSERT INTO {table} {column_list} FROM INFILE {literal(str(spool.path))} FORMAT Native")
