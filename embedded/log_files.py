"""How long logs of the embedded stack are kept: a size at which each is rotated, and how many older files stay.

A start renames a log that is too large. While its writer runs the supervisor copies and empties it: writers append, so they
continue at the beginning. A line that is written between the last read of the copy and the emptying is lost; those are
microseconds, and one in ten million bytes at most.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

SIZE = 10_000_000
GENERATION = re.compile(r".+\.log\.(\d+)")
_moving = threading.Lock()
"""A start renames in one thread while the supervisor looks in another."""


@dataclass(frozen=True, slots=True)
class KeepLogs:
    """Rotate at `size` bytes; keep `files` older ones of each log."""

    size: int = SIZE
    files: int = 3


def rotate(log: Path, size: int = SIZE) -> None:
    """Rename a log of more than `size` bytes to NAME.log.1, older ones to the next number; its writer must have ended."""
    with _moving:
        if _large(log, size):
            _shift(log)
            log.replace(_older(log, 1))


def tidy(logs: Path, keep: KeepLogs) -> None:
    """Rotate what grew too large while its writer runs, and remove files beyond those that are kept.

    Raises OSError when there is no room for a copy; the log is left as it is then.
    """
    for log in sorted(logs.glob("*.log")):
        with _moving:
            if _large(log, keep.size):
                _shift(log)
                _copy_and_empty(log)
    for path in logs.iterdir():
        number = GENERATION.fullmatch(path.name)
        if number and int(number[1]) > keep.files:
            path.unlink(missing_ok=True)


def _large(log: Path, size: int) -> bool:
    try:
        return log.stat().st_size > size
    except FileNotFoundError:
        return False


def _older(log: Path, number: int) -> Path:
    return log.with_name(f"{log.name}.{number}")


def _shift(log: Path) -> None:
    """Make NAME.log.1 free."""
    last = 1
    while _older(log, last).exists():
        last += 1
    for number in range(last, 1, -1):
        _older(log, number - 1).replace(_older(log, number))


def _copy_and_empty(log: Path) -> None:
    copy = _older(log, 1)
    try:
        with log.open("rb+") as file, copy.open("wb") as older:
            copy.chmod(0o600)
            shutil.copyfileobj(file, older)
            _copy_rest(file, older)
            file.truncate(0)
    except OSError:
        with suppress(FileNotFoundError):
            copy.unlink()
        raise


def _copy_rest(file: BinaryIO, older: BinaryIO) -> None:
    """What came meanwhile, up to the end of a line.

    A line that crosses a page of memory can be read by half while it is written. Its other half comes at once; a writer that
    ends without a newline is not waited for.
    """
    for pause in (0.0, 0.001, 0.01, 0.05):
        time.sleep(pause)
        while late := file.read():
            older.write(late)
        file.seek(-1, os.SEEK_CUR)
        if file.read(1) == b"\n":
            return
