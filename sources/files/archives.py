"""Zip files: of one member, or an Excel workbook."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from schemas.errors import InvalidInput

ZIP_MAGIC = b"PK\x03\x04"
_WORKBOOK = "xl/workbook.xml"


@contextmanager
def seekable(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    """The stream, or where it cannot seek a copy on disk."""
    if stream.seekable():
        yield stream
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(stream, copy)
        copy.seek(0)
        yield copy


def is_workbook(file: IO[bytes]) -> bool:
    """Whether a zip file is an Excel workbook. Raises InvalidInput for a damaged one."""
    return _WORKBOOK in _opened(file).namelist()


@contextmanager
def only_member(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """The content of the one file in a zip file. Raises InvalidInput."""
    archive = _opened(file)
    members = [one for one in archive.infolist() if not one.is_dir() and not one.filename.startswith("__MACOSX/")]
    if len(members) != 1:
        raise _refused(f"the zip file holds {len(members)} files; unpack it and publish each")
    if members[0].flag_bits & 1:
        raise _refused("the zip file is encrypted; unpack it")
    with archive.open(members[0]) as content:
        yield content


def _opened(file: IO[bytes]) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError):
        raise _refused("the zip file is damaged or cut off; fetch it again") from None


def _refused(message: str) -> InvalidInput:
    return InvalidInput(message, field="path", reason="unreadable")
