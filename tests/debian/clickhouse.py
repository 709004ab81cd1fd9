"""Debian's ClickHouse: an old one (18.16), and therefore a judge of what the driver's tests take for granted."""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

import pytest
from clickhouse_driver import Client

from embedded.datadir import write_private
from embedded.identity import unprivileged_identity
from embedded.server import Server

BINARY = Path("/usr/sbin/clickhouse-server")
GET_IT = "apt-get install --no-install-recommends clickhouse-server"
TEMPLATES = Path(__file__).parent
USER, PASSWORD = "reviewstream", "p@ss/w:rd %25"
MEMORY_BYTES = 1_000_000_000


class DebianClickHouse(Server):
    """One server that listens with its native protocol only, for one user."""

    name: ClassVar[str] = "clickhouse"

    def prepare(self) -> None:
        super().prepare()
        self.identity = unprivileged_identity(self.directory)
        values = {
            "directory": self.directory, "port": self.port, "user": USER, "memory": MEMORY_BYTES,
            "password": sha256(PASSWORD.encode()).hexdigest(),
        }  # fmt: skip
        for name in ("config.xml", "users.xml"):
            made = self.directory / name
            write_private(made, (TEMPLATES / f"clickhouse_{name}").read_text().format(**values))
            shutil.chown(made, self.directory.stat().st_uid)

    def argv(self) -> list[str]:
        return [str(BINARY), f"--config-file={self.directory / 'config.xml'}"]

    def ping(self) -> str:
        with Client.from_url(f"{self.url}?connect_timeout=3&send_receive_timeout=3") as client:
            return f"ClickHouse {client.execute('SELECT version()')[0][0]}"

    @property
    def url(self) -> str:
        """With user and password, of the database `default`."""
        return f"clickhouse://{USER}:{quote(PASSWORD, safe='')}@{self.host}:{self.port}/default"

    def environment(self) -> dict[str, str]:
        return {}


def require_clickhouse() -> None:
    """Skip where it is not installed."""
    if not BINARY.exists():
        pytest.skip(f"Debian's ClickHouse is not installed: {GET_IT}")
