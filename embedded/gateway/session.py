"""One client's session in the engine: statements, streamed results, and its settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any

from embedded.gateway.errors import GatewayError, from_engine
from embedded.gateway.settings import QuerySettings, literal
from schemas.errors import Unavailable

_NOT_STREAMABLE = "Streaming query is not supported"

Progress = Mapping[str, int]
"""The engine's running totals: read_rows, read_bytes, total_rows_to_read, written_rows, written_bytes, …"""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One block of a result in Native format, and what was read from storage for it."""

    payload: bytes
    rows: int
    read_rows: int
    read_bytes: int


class EngineSession:
    """Not for two threads at once. `tag` marks its queries so that another session can find and stop them."""

    def __init__(self, address: str, tag: str, max_query_memory: int) -> None:
        connect = _engine_connection()
        self.tag = tag
        self._on_progress: Callable[[Progress], None] | None = None
        try:
            self._connection: Any = connect(address)
        except RuntimeError as error:
            raise from_engine(error) from error
        base = {"max_memory_usage": str(max_query_memory), "log_comment": literal(tag)}
        self._settings = QuerySettings(self.execute, base)
        self.execute("SET " + ", ".join(f"{name} = {value}" for name, value in base.items()))
        self._connection.set_progress_callback(self._progress)

    def execute(self, sql: str, output: str = "Native") -> bytes:
        """Run a statement to its end and return the whole result."""
        try:
            return self._connection.query(sql, output).bytes() or b""
        except RuntimeError as error:
            raise from_engine(error) from error

    def rows(self, sql: str) -> list[list[Any]]:
        """A small result as lists of JSON values."""
        rows: list[list[Any]] = json.loads(self.execute(sql, "JSONCompact"))["data"]
        return rows

    def stream(self, sql: str) -> Generator[Chunk, None, None] | None:
        """The result block by block as the engine makes it; None when this statement cannot be streamed."""
        try:
            result = self._connection.send_query(sql, "Native")
        except RuntimeError as error:
            if _NOT_STREAMABLE in str(error):
                return None
            raise from_engine(error) from error
        return self._chunks(result)

    def apply_settings(self, wanted: Mapping[str, str], important: frozenset[str] = frozenset()) -> None:
        """Lay `wanted` (name → SQL literal) over the session's settings for the next statement."""
        if comment := wanted.get("log_comment"):
            wanted = {**wanted, "log_comment": f"{comment[:-1]} {self.tag}'"}
        self._settings.apply(wanted, important)

    def remember_settings(self, assignments: Mapping[str, str]) -> None:
        """The client has SET these for its session."""
        self._settings.remember(assignments)

    def report_progress_to(self, listener: Callable[[Progress], None] | None) -> None:
        """Call `listener` about every 100 ms while a statement runs, in the thread that runs it."""
        self._on_progress = listener

    def close(self) -> None:
        self._connection.close()

    def _progress(self, totals: Progress) -> None:
        if self._on_progress is not None:
            self._on_progress(totals)

    def _chunks(self, result: Any) -> Generator[Chunk, None, None]:
        try:
            for part in result:
                yield Chunk(part.bytes(), part.rows_read(), part.storage_rows_read(), part.storage_bytes_read())
        except RuntimeError as error:
            raise from_engine(error) from error
        finally:
            _cancel(result)


def _engine_connection() -> Callable[[str], Any]:
    """The engine is loaded where the first session opens: it takes 250 MB and a second."""
    try:
        from chdb.state.sqlitelike import Connection
    except ImportError as error:
        raise Unavailable("The wheel chdb is missing; install it with: pip install 'reviewstream[embedded]'") from error
    connection: Callable[[str], Any] = Connection
    return connection


def _cancel(result: Any) -> None:
    """Free the connection for the next statement; after the stream has ended this does nothing."""
    try:
        result.cancel()
    except RuntimeError as error:
        raise GatewayError(from_engine(error).code, str(error)) from error
