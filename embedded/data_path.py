"""Refuses a data directory that some server could not use, with one sentence and before anything is made in it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from schemas.errors import InvalidInput

UNSAFE = ":?&*{}[]'\"\\%+<>$,"
"""Characters with another meaning in ClickHouse's connection string, file globs or XML, or in lists and references of Kafka's settings."""
MOST_BYTES = 900
"""PostgreSQL takes 1023 for the path of a file; its own names need the rest."""
MOST_IN_A_NAME = 255
LEAST_FREE_BYTES = 100_000_000
"""Less than servers write before they are ready."""
ELSEWHERE = "choose another directory by --data-dir"


def check_name(root: Path) -> None:
    """Raises InvalidInput for a path that servers would read differently; `root` is absolute."""
    raw = os.fsencode(root)
    if any(byte < 32 or byte == 127 for byte in raw):
        raise _refused(f"the data directory's name {str(root)!r} has a line break or another control character")
    if not raw.isascii():
        _check_letters(root, raw)
    if found := sorted(set(UNSAFE) & set(str(root))):
        raise _refused(f"{root} has characters that servers give another meaning ({' '.join(found)})")
    if any(part != part.strip() for part in root.parts):
        raise _refused(f"{str(root)!r} has a name that begins or ends with a space, which Kafka leaves out")
    if len(raw) > MOST_BYTES or any(len(os.fsencode(part)) > MOST_IN_A_NAME for part in root.parts):
        raise _refused(
            f"the data directory's path is too long: {len(raw)} bytes of at most {MOST_BYTES}, 255 for each name"
        )


def check_place(root: Path) -> None:
    """Raises InvalidInput where nothing can be written, or too little."""
    there = next(path for path in (root, *root.parents) if os.path.lexists(path))
    if not there.is_dir():
        raise _refused(f"{there} is not a directory")
    if not os.access(there, os.W_OK | os.X_OK):
        read_only = os.statvfs(there).f_flag & os.ST_RDONLY
        why = "is on a file system that is mounted read-only" if read_only else "is not writable for this account"
        raise _refused(f"{there} {why}")
    free, nodes = shutil.disk_usage(there).free, os.statvfs(there)
    if free < LEAST_FREE_BYTES:
        least = LEAST_FREE_BYTES // 1_000_000
        raise _refused(
            f"only {free // 1_000_000} MB are free under {there}, of {least} that a start takes", "free some"
        )
    if nodes.f_files and not nodes.f_favail:
        raise _refused(f"the file system of {there} has no room for another file (no free inodes)", "remove some")


def _check_letters(root: Path, raw: bytes) -> None:
    """Letters beyond ASCII are UTF-8 in every file that we write for a server, so they must be that in the name, too."""
    if sys.getfilesystemencoding() != "utf-8":
        raise _refused(
            f"{root!a} has letters beyond ASCII, which this locale ({sys.getfilesystemencoding()}) writes in another way than "
            "the servers read them",
            "set LC_ALL=C.UTF-8",
        )
    try:
        raw.decode()
    except UnicodeDecodeError:
        raise _refused(f"{root!a} has letters beyond ASCII that are no UTF-8") from None


def _refused(why: str, fix: str = "") -> InvalidInput:
    return InvalidInput(f"{why}; {fix}{', or ' if fix else ''}{ELSEWHERE}", field="data_dir")
