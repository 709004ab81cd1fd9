"""A gateway as a child process, ended by its own pid."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from clickhouse_driver import Client
from clickhouse_driver.protocol import ServerPacketTypes

from tests.waiting import crowding

USER = "tester"
PASSWORD = "p:ä55wörd"
READY = re.compile(r"ready (\d+)\n")


class Gateway:
    """`python -m embedded.gateway` on a directory; `start` waits for its ready line."""

    def __init__(self, directory: Path, *options: str) -> None:
        self.path = directory / "clickhouse"
        self.options = options
        self.password_file = directory / "password"
        self.password_file.write_text(PASSWORD + "\n", encoding="utf-8")
        self.port = 0
        self.child: subprocess.Popen[str] | None = None

    def start(self) -> Gateway:
        self.child = self.spawn()
        line = self.child.stdout.readline()
        found = READY.fullmatch(line)
        if not found:
            _, errors = self.child.communicate(timeout=60)
            raise AssertionError(f"not ready: {line!r} {errors}")
        self.port = int(found[1])
        return self

    def spawn(self, *options: str) -> subprocess.Popen[str]:
        argv = [sys.executable, "-m", "embedded.gateway", "--path", str(self.path), "--user", USER]
        argv += ["--password-file", str(self.password_file), *self.options, *options]
        return subprocess.Popen(
            argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
        )

    def client(self, **options) -> Client:
        return Client("127.0.0.1", port=self.port, **{"user": USER, "password": PASSWORD, **options})

    def url(self, database: str, user: str = USER) -> str:
        """For a driver that wants a URL."""
        return f"clickhouse://{user}:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}/{database}"

    def terminate(self) -> int:
        """SIGTERM; returns the exit code, fails after five seconds, and more where others queue for the cores."""
        os.kill(self.child.pid, signal.SIGTERM)
        return self.reap(5 * crowding())

    def kill(self) -> int:
        os.kill(self.child.pid, signal.SIGKILL)
        return self.reap(60)

    def reap(self, seconds: float) -> int:
        self.child.communicate(timeout=seconds)
        return self.child.returncode

    def close(self) -> None:
        if self.child is not None and self.child.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.terminate()
            if self.child.poll() is None:
                self.kill()


def ask(connection, sql: str) -> list:
    """One query on a driver's connection without the driver's habit of disconnecting after an exception."""
    connection.send_query(sql)
    connection.send_external_tables([])
    return finish(connection)


def finish(connection) -> list:
    """The rows up to the end of the stream; raises what the gateway answers instead."""
    rows = []
    while (packet := connection.receive_packet()).type != ServerPacketTypes.END_OF_STREAM:
        if packet.type == ServerPacketTypes.EXCEPTION:
            connection.is_query_executing = False
            raise packet.exception
        if packet.type == ServerPacketTypes.DATA:
            rows.extend(packet.block.get_rows())
    return rows
