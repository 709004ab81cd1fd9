"""Packets of the native protocol at revision 54440: what clients send, what the gateway answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from embedded.gateway.blocks import BLOCK_INFO, Column, write_header
from embedded.gateway.engine import EngineInfo
from embedded.gateway.errors import (
    INCORRECT_DATA,
    NOT_IMPLEMENTED,
    UNKNOWN_COMPRESSION_METHOD,
    FatalError,
    GatewayError,
)
from embedded.gateway.limits import Limits
from embedded.gateway.settings import literal
from embedded.gateway.wire import WireReader, WireWriter

REVISION: Final = 54440
"""The newest revision before inter-server secrets, tracing and parallel replicas, none of which a single node needs."""

OLDEST_REVISION: Final = 54429
"""The first that sends settings as strings; older ones need a table of every setting's type."""

_IMPORTANT: Final = 1
_STAGE_COMPLETE: Final = 2
_INTERFACE_TCP: Final = 1


class FromClient(IntEnum):
    HELLO = 0
    QUERY = 1
    DATA = 2
    CANCEL = 3
    PING = 4


class FromServer(IntEnum):
    HELLO = 0
    DATA = 1
    EXCEPTION = 2
    PROGRESS = 3
    PONG = 4
    END_OF_STREAM = 5
    PROFILE_INFO = 6


@dataclass(frozen=True, slots=True)
class Hello:
    """Who connects. `database` may be empty."""

    revision: int
    database: str
    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Query:
    """A statement with its settings as SQL literals; those in `important` must be known to the engine."""

    sql: str
    settings: Mapping[str, str]
    important: frozenset[str]


def read_hello(reader: WireReader) -> Hello:
    """After the packet's number. FatalError for a revision the gateway does not speak."""
    reader.text()
    reader.varint(), reader.varint()
    revision = reader.varint()
    if revision < OLDEST_REVISION:
        raise FatalError(
            NOT_IMPLEMENTED,
            f"The client speaks protocol revision {revision}; this gateway needs {OLDEST_REVISION} or later. Upgrade the client.",
        )
    return Hello(revision, reader.text(), reader.text(), reader.text())


def read_query(reader: WireReader, limits: Limits) -> Query:
    """After the packet's number. FatalError where the bytes that follow could not be understood."""
    reader.text()  # the query id: the engine in this process chooses its own
    _skip_client_info(reader)
    settings, important = _read_settings(reader, limits)
    stage, compression = reader.varint(), reader.varint()
    if compression:
        raise FatalError(
            UNKNOWN_COMPRESSION_METHOD,
            "This gateway does not compress: it serves the loopback interface. Connect with compression=False.",
        )
    sql = reader.text(limits.max_query_bytes)
    if stage != _STAGE_COMPLETE:
        raise FatalError(
            NOT_IMPLEMENTED, "Only complete query processing (stage 2) is supported; there is no cluster here."
        )
    return Query(sql, settings, important)


def _skip_client_info(reader: WireReader) -> None:
    if not reader.byte():
        return
    reader.text(), reader.text(), reader.text()  # initial user, query id, address
    if reader.byte() != _INTERFACE_TCP:
        raise FatalError(INCORRECT_DATA, "The query says that it did not come by TCP.")
    reader.text(), reader.text(), reader.text()  # system user, host, client
    reader.varint(), reader.varint(), reader.varint()  # version and revision
    reader.text()  # quota key
    reader.varint()  # patch


def _read_settings(reader: WireReader, limits: Limits) -> tuple[dict[str, str], frozenset[str]]:
    settings: dict[str, str] = {}
    important = set()
    while name := reader.text():
        if len(settings) >= limits.max_settings:
            raise FatalError(INCORRECT_DATA, f"A query may carry at most {limits.max_settings} settings.")
        flags = reader.byte()
        settings[name] = literal(reader.text())
        if flags & _IMPORTANT:
            important.add(name)
    return settings, frozenset(important)


class Answer:
    """Writes the gateway's packets; nothing is sent before `flush`, except large blocks."""

    def __init__(self, writer: WireWriter) -> None:
        self._writer = writer

    def hello(self, info: EngineInfo) -> None:
        self._writer.varint(FromServer.HELLO)
        self._writer.text("ClickHouse")
        self._writer.varint(info.version[0])
        self._writer.varint(info.version[1])
        self._writer.varint(REVISION)
        self._writer.text(info.timezone)
        self._writer.text("reviewstream")
        self._writer.varint(info.version[2])

    def pong(self) -> None:
        self._writer.varint(FromServer.PONG)

    def end_of_stream(self) -> None:
        self._writer.varint(FromServer.END_OF_STREAM)

    def exception(self, error: GatewayError) -> None:
        self._writer.varint(FromServer.EXCEPTION)
        self._writer.int32(error.code)
        self._writer.text("DB::Exception")
        self._writer.text(f"DB::Exception: {error}")
        self._writer.text("")
        self._writer.byte(0)

    def header(self, columns: Sequence[Column]) -> None:
        """A block without rows: the columns of a result, or the ones an INSERT expects."""
        self._begin_data()
        write_header(self._writer, columns)

    def block(self, payload: bytes) -> None:
        """A block in Native format."""
        self._begin_data()
        self._writer.raw(payload)

    def progress(
        self,
        read_rows: int = 0,
        read_bytes: int = 0,
        total_rows: int = 0,
        written_rows: int = 0,
        written_bytes: int = 0,
    ) -> None:
        """What was done since the last progress packet."""
        self._writer.varint(FromServer.PROGRESS)
        for number in (read_rows, read_bytes, total_rows, written_rows, written_bytes):
            self._writer.varint(number)

    def profile_info(self, *, rows: int, blocks: int, size: int) -> None:
        """Size of the result. Rows before LIMIT are not known: the engine does not report them in Native format."""
        self._writer.varint(FromServer.PROFILE_INFO)
        for number in (rows, blocks, size):
            self._writer.varint(number)
        self._writer.byte(0)
        self._writer.varint(0)
        self._writer.byte(0)

    def flush(self) -> None:
        self._writer.flush()

    def _begin_data(self) -> None:
        self._writer.varint(FromServer.DATA)
        self._writer.text("")
        self._writer.raw(BLOCK_INFO)
