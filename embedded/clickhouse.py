"""ClickHouse's engine (chDB) behind our gateway, which speaks ClickHouse's native protocol."""

from __future__ import annotations

import signal
import sys
from typing import ClassVar

from embedded import hung_server
from embedded.datadir import write_private
from embedded.packages import package_dir
from embedded.server import Server

USER = "reviewstream"
MAX_MEMORY_BYTES = 1_000_000_000


class ClickHouse(Server):
    """One process that owns the directory, with one user."""

    name: ClassVar[str] = "clickhouse"

    @property
    def url(self) -> str:
        """A clickhouse:// URL with user and password."""
        return f"clickhouse://{USER}:{self.data.secret('clickhouse')}@127.0.0.1:{self.port}/default"

    def environment(self) -> dict[str, str]:
        return {"REVIEWSTREAM_CLICKHOUSE_URL": self.url}

    def argv(self) -> list[str]:
        package_dir("chdb")
        password = self.directory / "password"
        write_private(password, self.data.secret("clickhouse"))
        argv = [
            sys.executable,
            "-m",
            "embedded.gateway",
            "--path",
            str(self.directory / "data"),
            "--port",
            str(self.port),
        ]
        return [*argv, "--user", USER, "--password-file", str(password), "--max-memory", str(MAX_MEMORY_BYTES)]

    def start(self) -> None:
        super().start()
        if self.child is not None:
            hung_server.watch(self.child, hung_server.Gone(self.directory), signal.SIGKILL, self._stopping)

    def ping(self) -> str:
        from clickhouse_driver import Client  # where it is used, so that commands start quickly

        client = Client.from_url(f"{self.url}?connect_timeout=3&send_receive_timeout=5")
        try:
            return f"ClickHouse {client.execute('SELECT version()')[0][0]}"
        finally:
            client.disconnect()
