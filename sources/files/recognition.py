"""What a reader recognised in a file before its first row."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recognised:
    """How a file is read. `packed` is the compression, "" for none; parts that a format does not have are None.

    `seekable`: whether rows can be read from its middle, too.
    """

    format: str = ""
    packed: str = ""
    encoding: str = ""
    delimiter: str | None = None
    backslash: bool = False
    above: int = 0
    records: str | None = None
    sheet: str | None = None
    seekable: bool = False
