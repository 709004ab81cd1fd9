"""Review files: CSV, TSV and JSON lines, plain or compressed, or standard input, row by row in constant memory.

    for row in RowReader("reviews.csv.gz"):
        if row.record is None:
            dead_letter(row.raw, row.problem)

No content of a file raises: what cannot be read becomes a row with a problem, and reading continues.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from schemas.errors import InvalidInput
from sources.files.compression import STDIN, open_decompressed
from sources.files.delimited import DelimitedRows
from sources.files.json_rows import parse_object
from sources.files.lines import LineSource
from sources.files.rows import Row, bad_row, encoding_problem, good_row

__all__ = ["FORMATS", "Row", "RowReader", "guess_format"]

FORMATS = ("csv", "tsv", "jsonl")
_SUFFIXES = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_COMPRESSED = {".gz", ".zst", ".zstd"}


def guess_format(path: str) -> str:
    """The format by the file's name, ignoring compression suffixes. Raises InvalidInput when the name does not show one."""
    name = PurePath(path.lower())
    if name.suffix in _COMPRESSED:
        name = name.with_suffix("")
    if name.suffix not in _SUFFIXES:
        where = "standard input" if path == STDIN else path
        raise InvalidInput(
            f"cannot tell the format of {where}; give --format {', '.join(FORMATS)}", field="format", reason="unknown"
        )
    return _SUFFIXES[name.suffix]


class RowReader:
    """Iterates over the rows of `path` ("-" is standard input) that start at line `start_line` or later.

    Gzip and zstd are recognised by their first bytes. `format` is one of FORMATS, guessed from the name when None.
    Blank lines are no rows. Raises InvalidInput, naming the field, for an unknown format (at once) or a file that
    cannot be opened (at the first row). A file can be read again; standard input cannot.
    """

    def __init__(self, path: str, *, format: str | None = None, start_line: int = 0) -> None:  # noqa: A002 -- the option's name
        if format is not None and format not in FORMATS:
            raise InvalidInput(
                f"unknown format {format!r}; known are {', '.join(FORMATS)}", field="format", reason="unknown"
            )
        self.format = format or guess_format(path)
        self._path = path
        self._start_line = start_line

    def __iter__(self) -> Iterator[Row]:
        with open_decompressed(self._path) as stream:
            lines = LineSource(stream)
            if self.format == "jsonl":
                yield from _json_rows(lines, self._start_line)
                return
            # Rows before the start are parsed too: only the parser knows whether a line starts a row.
            rows = DelimitedRows(lines, "\t" if self.format == "tsv" else ",")
            yield from (row for row in rows if row.line >= self._start_line)


def _json_rows(lines: LineSource, start_line: int) -> Iterator[Row]:
    while (line := lines.take()) is not None:
        if line.number < start_line or (line.problem is None and not line.data.strip()):
            continue
        problem = line.problem or encoding_problem(line)
        if problem is not None:
            yield bad_row([line], problem)
            continue
        try:
            yield good_row([line], parse_object(line.data))
        except InvalidInput as error:
            yield bad_row([line], f"line {line.number}: {error}")
