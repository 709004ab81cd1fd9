"""External tables: data that a client sends along with one query, which sees it under its own name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from embedded.gateway.blocks import Column
from embedded.gateway.errors import TOO_MANY_TABLES, UNEXPECTED_PACKET_FROM_CLIENT, FatalError
from embedded.gateway.insert import Spool, insert_spooled, receive_block
from embedded.gateway.limits import Limits
from embedded.gateway.packets import FromClient
from embedded.gateway.session import EngineSession
from embedded.gateway.wire import WireReader


@dataclass(frozen=True, slots=True)
class ExternalTable:
    name: str
    columns: tuple[Column, ...]
    spool: Spool


def receive_tables(reader: WireReader, limits: Limits, directory: Path, files: ExitStack) -> list[ExternalTable]:
    """Read the Data packets that follow every query, up to the empty block. `files` owns the spool files."""
    tables: list[ExternalTable] = []
    while (packet := reader.varint()) == FromClient.DATA:
        spool = files.enter_context(Spool(directory, limits))
        arrived = receive_block(reader, limits, spool.write)
        if arrived.shape.ends_data:
            return tables
        spool.keep(arrived.shape.rows)
        spool.finish()
        if len(tables) >= limits.max_external_tables:
            raise FatalError(TOO_MANY_TABLES, f"A query may bring {limits.max_external_tables} external tables.")
        tables.append(ExternalTable(arrived.table, arrived.shape.columns, spool))
    raise FatalError(UNEXPECTED_PACKET_FROM_CLIENT, f"Unexpected packet {packet} from client: Data was expected.")


@contextmanager
def visible(session: EngineSession, tables: list[ExternalTable]) -> Iterator[None]:
    """Temporary tables for as long as the query runs."""
    with ExitStack() as created:
        for table in tables:
            name = quoted(table.name)
            columns = ", ".join(f"{quoted(column)} {type_name}" for column, type_name in table.columns)
            session.execute(f"CREATE TEMPORARY TABLE {name} ({columns}) ENGINE = Memory")
            created.callback(session.execute, f"DROP TEMPORARY TABLE IF EXISTS {name}")
            insert_spooled(session, name, "", table.spool)
        yield


def quoted(name: str) -> str:
    """An identifier in back quotes."""
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"
