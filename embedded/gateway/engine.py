"""ClickHouse's engine in this process: one directory, a session for each client, and one for control."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from embedded.gateway.directory import DataDirectory
from embedded.gateway.errors import GatewayError
from embedded.gateway.session import EngineSession
from embedded.gateway.zones import ZonedTables
from schemas.errors import Unavailable

# The share of memory that one query may use, so that a heavy one cannot starve inserts and merges.
_QUERY_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """Version (major, minor, patch) and time zone, as sent in Hello."""

    version: tuple[int, int, int]
    timezone: str


class Engine:
    """Opens the engine on a directory. Unavailable when that fails. `close` flushes and frees everything."""

    def __init__(self, path: Path, *, max_memory: int, fsync: bool = True) -> None:
        self.directory = DataDirectory(path)
        config = self.directory.write_engine_config(max_memory=max_memory, fsync=fsync)
        self._query_memory = int(max_memory * _QUERY_SHARE)
        self._address = f"{self.directory.data}?config-file={config}"
        self._tags = count(1)
        self._control_lock = threading.Lock()
        try:
            self._control = self._open()
            self.info = self._read_info()
            self.zones = ZonedTables(self._control_rows)
        except GatewayError as error:
            self.directory.release()
            raise Unavailable(
                f"The ClickHouse engine could not open {self.directory.data}: {error} "
                "If another process uses that directory, stop it."
            ) from error

    def session(self) -> EngineSession:
        """A session of its own for one client: current database, settings, temporary tables."""
        return self._open()

    def kill(self, session: EngineSession) -> None:
        """Ask the engine to stop what `session` is executing; the session sees error 394."""
        with self._control_lock:
            self._control.execute(f"KILL QUERY WHERE endsWith(Settings['log_comment'], '{session.tag}') ASYNC")

    def close(self) -> None:
        """Close the control session, the last one: the engine then shuts down cleanly."""
        with self._control_lock:
            self._control.close()
        self.directory.release()

    def _open(self) -> EngineSession:
        return EngineSession(self._address, f"#gateway-{next(self._tags)}", self._query_memory)

    def _control_rows(self, sql: str) -> list[list[Any]]:
        with self._control_lock:
            return self._control.rows(sql)

    def _read_info(self) -> EngineInfo:
        row = self._control.rows("SELECT version(), timezone()")[0]
        major, minor, patch = (int(part) for part in row[0].split(".")[:3])
        return EngineInfo((major, minor, patch), row[1])
