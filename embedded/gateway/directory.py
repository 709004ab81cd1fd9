"""The gateway's data directory: one owner at a time, and the places inside it.

PATH/data      the engine's own files          PATH/spool    inserts being received, emptied at start
PATH/cold      the cold volume                 PATH/backups  where BACKUP … TO File('name') writes
"""

from __future__ import annotations

import fcntl
import os
from importlib import resources
from pathlib import Path
from string import Template
from typing import Final

from schemas.errors import InvalidInput, Unavailable

# These are special in the engine's connection string, in file globs, or in XML.
_UNSAFE: Final = frozenset("?&*{}[]'\"\\%+<>$,")


class DataDirectory:
    """Holds the lock on `path` until `release`. Unavailable when another process has it."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        if unsafe := sorted(_UNSAFE & set(str(self.path))):
            raise InvalidInput(
                f"The path holds characters that the engine gives another meaning ({' '.join(unsafe)}); choose another.",
                field="path",
            )
        self.data = self.path / "data"
        self.spool = self.path / "spool"
        self._lock = self._acquire()
        for place in (self.data, self.spool, self.path / "cold", self.path / "backups"):
            place.mkdir(mode=0o700, exist_ok=True)
        for leftover in self.spool.iterdir():
            leftover.unlink()

    def write_engine_config(self, *, max_memory: int, fsync: bool) -> Path:
        """Write the engine's configuration file and return where it is."""
        template = Template((resources.files(__package__) / "engine.xml").read_text(encoding="utf-8"))
        target = self.path / "engine.xml"
        target.write_text(
            template.safe_substitute(path=self.path, max_memory=max_memory, fsync=int(fsync)), encoding="utf-8"
        )
        return target

    def release(self) -> None:
        """Release the directory for other processes."""
        os.close(self._lock)

    def _acquire(self) -> int:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.path / "gateway.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            owner = os.read(descriptor, 32).decode(errors="replace").strip() or "unknown"
            os.close(descriptor)
            raise Unavailable(
                f"The directory {self.path} is in use by another gateway (process {owner}). "
                "Stop that one, or give this one a directory of its own with --path."
            ) from None
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return descriptor
