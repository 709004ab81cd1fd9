"""The data directory: lock, passwords, ports."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from embedded.datadir import DataDir, free_port
from schemas.errors import Unavailable

HOLD = "import sys;from pathlib import Path;from embedded.datadir import DataDir;DataDir(Path(sys.argv[1])).acquire();print('held',flush=True);input()"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_passwords_are_kept_and_for_the_owner_only(tmp_path: Path) -> None:
    first = DataDir(tmp_path / "d")
    password = first.secret("postgres")
    assert len(password) == 32
    assert first.secret("valkey") != password
    assert DataDir(tmp_path / "d").secret("postgres") == password
    assert (mode(tmp_path / "d"), mode(first.logs), mode(tmp_path / "d" / "secrets.json")) == (0o700, 0o700, 0o600)


def test_directories_have_different_passwords(tmp_path: Path) -> None:
    assert DataDir(tmp_path / "a").secret("postgres") != DataDir(tmp_path / "b").secret("postgres")


def test_damaged_secrets_are_named(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    (tmp_path / "secrets.json").write_text("{")
    with pytest.raises(Unavailable, match=r"secrets\.json is damaged"):
        data.secret("postgres")


def test_port_is_kept_while_it_is_free_and_replaced_when_not(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    port = data.port("kafka")
    assert data.choose_port("kafka") == port
    with socket.create_server(("127.0.0.1", port)):
        other = data.choose_port("kafka")
    assert other != port
    assert DataDir(tmp_path).port("kafka") == other


def test_ports_lie_below_those_of_outgoing_connections() -> None:
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert all(20_000 <= free_port(set()) < lowest for _ in range(20))


def test_second_holder_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(Unavailable, match=f"in use by process {other.pid}"):
            DataDir(tmp_path).acquire()
        other.kill()
    mine = DataDir(tmp_path)
    mine.acquire()
    assert (tmp_path / "lock").read_text() == str(os.getpid())
    mine.release()
