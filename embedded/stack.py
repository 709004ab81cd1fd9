"""The whole stack as one object: all servers of one data directory, started concurrently, stopped together."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from embedded.clickhouse import ClickHouse
from embedded.connect import Connect
from embedded.data_path import check_name, check_place
from embedded.datadir import DataDir
from embedded.kafka import Kafka
from embedded.packages import require_platform
from embedded.postgres import Postgres
from embedded.secantus import Secantus
from embedded.server import Health, Server
from embedded.valkey import Valkey
from schemas.errors import InvalidInput, Unavailable

KINDS: Mapping[str, type[Server]] = {kind.name: kind for kind in (Postgres, Kafka, Secantus, Valkey, ClickHouse)}
OPTIONAL: Mapping[str, type[Server]] = {Connect.name: Connect}
"""Not started by default: change data capture is an option."""


def build(data: DataDir, names: Sequence[str] | None = None) -> dict[str, Server]:
    """The servers called `names` (default: all), by name, not yet started."""
    known = {**KINDS, **OPTIONAL}
    wanted = list(KINDS) if names is None else list(names)
    if unknown := sorted(set(wanted) - set(known)):
        raise InvalidInput(f"unknown server {', '.join(unknown)}; choose from {', '.join(known)}", field="servers")
    return {name: known[name](data) for name in wanted}


def environment(servers: Mapping[str, Server]) -> dict[str, str]:
    """The URL settings of all `servers`, with passwords."""
    return {key: url for server in servers.values() for key, url in server.environment().items()}


class EmbeddedStack:
    """Real servers as child processes of this process. They end with it, however it ends."""

    def __init__(
        self,
        data_dir: Path,
        *,
        servers: Sequence[str] | None = None,
        on_progress: Callable[[str, str], None] | None = None,
    ) -> None:
        """`on_progress` is called with (server, progress), from several threads."""
        check_name(data_dir.absolute())
        check_place(data_dir.absolute())
        self.data = DataDir(data_dir)
        self.servers = build(self.data, servers)
        self.report = on_progress or (lambda _server, _text: None)
        for name, server in self.servers.items():
            server.report = partial(self.report, name)

    def open(self) -> None:
        """Lock the data directory. Raises `Unavailable` on another platform, or naming the process that holds it."""
        require_platform()
        self.data.acquire()
        if warning := self.data.low_on_disk():
            self.report("disk", warning)

    def start(self) -> dict[str, str]:
        """Start all servers concurrently; returns the URL settings once all of them answer.

        Raises `Unavailable` with the tail of the log of the one that failed, after stopping the others.
        """
        self.open()
        try:
            with ThreadPoolExecutor(len(self.servers) or 1) as pool:
                list(pool.map(self.start_one, self.servers))
        except BaseException:
            self.stop()
            raise
        return environment(self.servers)

    def start_one(self, name: str) -> None:
        """Start one server, or restart it with the same port and data."""
        began = time.monotonic()
        self.report(name, "starting")
        self.servers[name].start()
        self.report(name, f"ready after {time.monotonic() - began:.1f} s")

    def stop(self) -> None:
        """Stop all servers concurrently and release the data directory. Harmless when nothing runs."""
        with ThreadPoolExecutor(len(self.servers) or 1) as pool:
            list(pool.map(Server.stop, self.servers.values()))
        self.data.release()

    def health(self) -> dict[str, Health]:
        """One ping per server, over its real protocol."""
        return {name: server.health() for name, server in self.servers.items()}

    def pids(self) -> dict[str, int]:
        """Process ids of the servers that run."""
        return {name: server.pid for name, server in self.servers.items() if server.pid is not None}

    def memory(self) -> dict[str, int]:
        """Resident bytes per server with its children; shared pages count once per process."""
        return {name: resident_bytes(pid) for name, pid in self.pids().items()}

    def kill(self, name: str) -> int:
        """SIGKILL one server, as an out-of-memory killer would; returns the pid it had."""
        pid = self.servers[name].pid
        if pid is None:
            raise Unavailable(f"{name} is not running")
        os.kill(pid, signal.SIGKILL)
        return pid

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def resident_bytes(pid: int) -> int:
    """Resident memory of a process and its descendants."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
        return sum(int(member.memory_info().rss) for member in family)
    except psutil.NoSuchProcess:
        return 0
