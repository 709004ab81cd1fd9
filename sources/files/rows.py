"""The row that every reader yields, and the checks for all formats."""

from __future__ import annotations

import json
from typing import NamedTuple

from sources.files.lines import Line


class Row(NamedTuple):
    """One row of a file: a record, or the reason why there is none.

    `line` is the physical line (from 1) and `offset` the byte in the decompressed text where the row starts; `raw`
    holds the row's own bytes without the last line end. In a file without lines, `line` counts records and `raw` is empty.
    """

    line: int
    offset: int
    record: dict[str, object] | None
    raw: bytes
    problem: str | None

    @property
    def size(self) -> int:
        """About how many bytes it holds."""
        return len(self.raw) or len(str(self.record))

    def kept(self) -> bytes:
        """The row for a dead letter: its bytes, or its record."""
        if self.raw or self.record is None:
            return self.raw
        return json.dumps(self.record, ensure_ascii=False, default=str).encode(errors="replace")


def good_row(lines: list[Line], record: dict[str, object]) -> Row:
    """The row in `lines`, with its record."""
    return Row(lines[0].number, lines[0].offset, record, _raw(lines), None)


def bad_row(lines: list[Line], problem: str) -> Row:
    """The row that begins with `lines`, unreadable for a reason that quotes none of its content."""
    return Row(lines[0].number, lines[0].offset, None, _raw(lines), problem)


def encoding_problem(line: Line) -> str | None:
    """Why the line's bytes are no text that can be stored, or None."""
    if line.data.isascii() and b"\0" not in line.data:
        return None
    try:
        line.data.decode()
    except UnicodeDecodeError as error:
        where = f"line {line.number} is not UTF-8 at its byte {error.start + 1} (0x{line.data[error.start]:02x})"
        return f"{where}; name the file's encoding, for example --encoding windows-1252"
    if b"\0" in line.data:
        return f"line {line.number} contains a NUL character, which no store accepts; remove it"
    return None


def _raw(lines: list[Line]) -> bytes:
    return b"".join(line.data for line in lines).removesuffix(b"\n").removesuffix(b"\r")
