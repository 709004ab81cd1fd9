"""Debian's Redis, with TLS."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

import pytest
import redis

from embedded.datadir import DataDir, write_private
from embedded.server import Server
from tests.tls.authority import Identity

PASSWORD = "p@ss/w:rd_%25"


class TlsRedis(Server):
    """Redis that listens with TLS only."""

    name: ClassVar[str] = "redis"

    def __init__(self, data: DataDir, binary: str, identity: Identity, ca: Path) -> None:
        super().__init__(data)
        self._binary, self._tls, self._ca = binary, identity, ca

    def argv(self) -> list[str]:
        lines = {
            "bind": "127.0.0.1", "port": "0", "tls-port": self.port, "requirepass": PASSWORD,
            "tls-cert-file": self._tls.certificate, "tls-key-file": self._tls.key, "tls-ca-cert-file": self._ca,
            "tls-auth-clients": "no", "dir": self.directory, "save": '""', "appendonly": "no",
        }  # fmt: skip
        configuration = self.directory / "redis.conf"
        write_private(configuration, "".join(f"{key} {value}\n" for key, value in lines.items()))
        return [self._binary, str(configuration)]

    def ping(self) -> str:
        with redis.Redis.from_url(self.url("ssl_cert_reqs=none"), socket_timeout=3) as client:
            return f"Redis {client.info('server')['redis_version']}"

    def environment(self) -> dict[str, str]:
        return {}

    def url(self, *options: str, password: str = PASSWORD) -> str:
        """With those options of redis-py."""
        return f"rediss://:{quote(password, safe='')}@127.0.0.1:{self.port}/0?{'&'.join(options)}"


def binary() -> str:
    """Its path; skips where it is not installed."""
    found = shutil.which("redis-server")
    if found is None:
        pytest.skip(
            "Debian's Redis is not installed: apt-get install --no-install-recommends redis-server, as .ci/run does"
        )
    return found
