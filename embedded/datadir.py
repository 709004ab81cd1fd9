"""The one directory that holds everything: servers' data, logs, passwords, ports, and the lock against a second start."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import socket
import threading
from pathlib import Path

from embedded.data_path import ELSEWHERE, check_name
from schemas.errors import Unavailable

LOW_DISK_BYTES = 1_000_000_000
LOWEST_PORT = 20_000
PASSABLE = 0o711  # set by identity.py where PostgreSQL has to run as another account
_files_lock = threading.Lock()  # servers start in parallel, and each adds its own entry


def write_private(path: Path, text: str) -> None:
    """Replace `path` atomically by a file that only its owner may read (0600)."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(taken: set[int]) -> int:
    """A free loopback port that is not in `taken`.

    Below the range of outgoing connections: from inside it any client could take the port while its server restarts,
    and a client that keeps trying can even connect to itself.
    """
    lowest_outgoing = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    candidates = (
        LOWEST_PORT + secrets.randbelow(max(lowest_outgoing, LOWEST_PORT + 1000) - LOWEST_PORT) for _ in range(1000)
    )
    for port in candidates:
        if port not in taken and is_free(port):
            return port
    raise Unavailable(
        f"no free port between {LOWEST_PORT} and {lowest_outgoing}; stop other programs that listen there"
    )


class DataDir:
    """A data directory of mode 0700, created with its parents. Passwords and ports are chosen on first use, and kept.

    Raises InvalidInput for a name that some server would read differently, Unavailable where it cannot be made.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        check_name(self.root)
        self.logs = self.root / "logs"
        self._lock: int | None = None
        try:
            self._make()
        except OSError as error:
            raise Unavailable(
                f"{self.root} cannot be used as data directory: {error.strerror}; {ELSEWHERE}, or correct that"
            ) from error

    def _make(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        if self.root.stat().st_mode & 0o777 != PASSABLE:
            self.root.chmod(0o700)
        self.logs.mkdir(mode=0o700, exist_ok=True)

    def secret(self, name: str) -> str:
        """The password called `name`: 32 URL-safe characters, kept in secrets.json (0600)."""
        with _files_lock:
            known = self._read("secrets.json")
            if name not in known:
                known[name] = secrets.token_urlsafe(24)
                write_private(self.root / "secrets.json", json.dumps(known, indent=1))
            return str(known[name])

    def fingerprint(self, *names: str) -> str:
        """Tells whether these passwords are still the same, without telling them."""
        return hashlib.sha256("\n".join(map(self.secret, names)).encode()).hexdigest()

    def forget_secrets(self) -> bool:
        """Choose new passwords at the next start; False if there were none. Only while nothing runs."""
        with _files_lock:
            there = (self.root / "secrets.json").exists()
            (self.root / "secrets.json").unlink(missing_ok=True)
        return there

    def port(self, name: str) -> int:
        """The loopback port called `name`, kept in ports.json."""
        known = self._read("ports.json")
        return int(known[name]) if name in known else self.choose_port(name)

    def choose_port(self, name: str) -> int:
        """The port of the last start, or another one if it is in use now."""
        with _files_lock:
            known = self._read("ports.json")
            if name not in known or not is_free(int(known[name])):
                known[name] = free_port({int(port) for port in known.values()})
                write_private(self.root / "ports.json", json.dumps(known, indent=1))
            return int(known[name])

    def _read(self, name: str) -> dict[str, str | int]:
        path = self.root / name
        if not path.exists():
            return {}
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise Unavailable(
                f"{path} is damaged ({error}); restore it from a backup, or remove the data directory"
            ) from error
        return dict(found)

    def low_on_disk(self) -> str:
        """A warning when less than 1 GB is free, else an empty text."""
        free = shutil.disk_usage(self.root).free
        if free >= LOW_DISK_BYTES:
            return ""
        return f"only {free / 1e9:.2f} GB free under {self.root}; free some space, or choose another data directory"

    def acquire(self) -> None:
        """Take the lock for this process. Raises `Unavailable` naming the process that holds it."""
        handle = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(handle, 32).decode().strip() or "unknown"
            os.close(handle)
            raise Unavailable(
                f"{self.root} is in use by process {holder}; stop it with `reviewstream down`, or choose another data directory"
            ) from error
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
        self._lock = handle

    def release(self) -> None:
        """Release the lock; harmless when it is not held."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
