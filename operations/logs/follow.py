"""What is written to logs from now on, through rotations."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from operations.logs.files import LogLine, chosen, parse
from operations.logs.merge import FIRST

LONGEST = 1_000_000
"""Bytes of a line that is looked for the end of."""


class Follower:
    """Gives the lines that were added since the last look; of `wanted` logs, or of all, new ones included."""

    def __init__(self, directory: Path, wanted: Sequence[str] = ()) -> None:
        """Begins at the present end of each log. Raises InvalidInput for an unknown name."""
        self._directory, self._wanted = directory, wanted
        self._files = {name: _Followed(directory, name, at_end=True) for name in chosen(directory, wanted)}

    @property
    def starts(self) -> dict[str, int]:
        """Where it began in the present file of each log, in bytes."""
        return {name: each.start for name, each in self._files.items()}

    def close(self) -> None:
        """Close the files."""
        for each in self._files.values():
            each.close()

    def look(self) -> list[LogLine]:
        """The new lines, by time."""
        for name in chosen(self._directory, self._wanted):
            if name not in self._files:
                self._files[name] = _Followed(self._directory, name, at_end=False)
        found = [line for each in self._files.values() for line in each.lines()]
        return sorted(found, key=lambda line: line.at or FIRST)


class _Followed:
    """One log. Held open, so that what was written before it was replaced is not missed.

    Text that comes before any time has that at which it was seen.
    """

    def __init__(self, directory: Path, name: str, *, at_end: bool) -> None:
        self._path, self._name = directory / f"{name}.log", name
        self._file: BinaryIO | None = None
        self._rest = b""
        self._at: datetime | None = None
        self.start = 0
        if at_end and self._path.exists():
            self._file = self._path.open("rb")
            self.start = _end_of_lines(self._file)
            self._file.seek(self.start)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def lines(self) -> Iterator[LogLine]:
        """What was added, without a line that has no end yet."""
        *whole, self._rest = (self._rest + b"".join(self._added())).split(b"\n")
        for line in parse(self._name, (each.decode(errors="replace") for each in whole), self._at or datetime.now(UTC)):
            self._at = line.at if line.fields is not None else self._at
            yield line

    def _added(self) -> Iterator[bytes]:
        """The rest of a file that was replaced, then its successor; of one that was emptied, what its copy has more."""
        if self._file is not None:
            if os.fstat(self._file.fileno()).st_size < self._file.tell():
                yield self._copied(self._file.tell())
                self._file.seek(0)
            yield self._file.read()
            if not self._replaced(self._file):
                return
            self._file.close()
            self._file = None
        if self._path.exists():
            self._file = self._path.open("rb")
            yield self._file.read()

    def _copied(self, start: int) -> bytes:
        copy = self._path.with_suffix(".log.1")
        if not copy.exists():
            return b""
        with copy.open("rb") as file:
            file.seek(start)
            return file.read()

    def _replaced(self, file: BinaryIO) -> bool:
        try:
            return os.fstat(file.fileno()).st_ino != self._path.stat().st_ino
        except FileNotFoundError:
            return False


def _end_of_lines(file: BinaryIO) -> int:
    """The end of the last whole line: another one may be half written."""
    end = file.seek(0, os.SEEK_END)
    start = max(0, end - LONGEST)
    file.seek(start)
    found = file.read(end - start).rfind(b"\n")
    return start + found + 1 if found >= 0 else end if start else 0
