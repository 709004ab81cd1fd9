"""Review files row by row in constant memory: delimited text, JSON lines and documents, workbooks, Parquet.

    for row in RowReader("reviews.csv.gz"):
        if row.record is None:
            dead_letter(row.raw, row.problem)

No content of a row raises: what cannot be read becomes a row with a problem, and reading continues.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from schemas.errors import InvalidInput
from sources.files.compression import can_be_read_again
from sources.files.delimited import DelimitedRows
from sources.files.dialect import DELIMITERS, recognised
from sources.files.encodings import checked
from sources.files.formats import FORMATS, list_of_records, of_text
from sources.files.json_documents import JsonDocuments
from sources.files.json_lines import json_lines
from sources.files.lines import LineSource
from sources.files.notes import ABOVE, Notes
from sources.files.opening import Opened, opened
from sources.files.parquet import parquet_rows
from sources.files.recognition import Recognised
from sources.files.rows import Row
from sources.files.workbooks import workbook_rows

__all__ = ["FORMATS", "Layout", "Row", "RowReader"]

_NO_DELIMITERS = frozenset('"\\\r\n\0')


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is laid out, as far as it is not to be recognised.

    `delimiter` is one character or its name. `backslash`: whether a backslash escapes in delimited text. `records`: the
    path of the records in a JSON document. Raises InvalidInput for a delimiter or an encoding that is none.
    """

    delimiter: str | None = None
    backslash: bool | None = None
    records: str | None = None
    sheet: str | None = None
    encoding: str | None = None

    def __post_init__(self) -> None:
        delimiter = DELIMITERS.get(self.delimiter or "", self.delimiter)
        if delimiter is not None and (len(delimiter) != 1 or delimiter in _NO_DELIMITERS or not delimiter.isascii()):
            raise InvalidInput(
                f"{self.delimiter!r} is no delimiter; give {', '.join(DELIMITERS)} or one character",
                field="delimiter",
                reason="unknown",
            )
        object.__setattr__(self, "delimiter", delimiter)
        object.__setattr__(self, "encoding", None if self.encoding is None else checked(self.encoding))


class RowReader:
    """Iterates over the rows of `path` ("-" is standard input) that start at line `start_line` or later.

    Compression, encoding and format are recognised by the first bytes; `format` is one of FORMATS. Where a file has no
    lines, its records or rows are counted instead. Blank lines are no rows. Raises InvalidInput, naming the field, for an
    unknown format (at once) or a file that cannot be opened or recognised (at the first row). A file can be read again;
    standard input and pipes cannot. `notes` has what was done to the file on the reader's own account, `recognised` how it is
    read, once its first row was asked for.
    """

    def __init__(
        self,
        path: str,
        *,
        format: str | None = None,  # noqa: A002 -- the option's name
        start_line: int = 0,
        layout: Layout | None = None,
    ) -> None:
        if format is not None and format not in FORMATS:
            raise InvalidInput(
                f"unknown format {format!r}; known are {', '.join(FORMATS)}", field="format", reason="unknown"
            )
        self.format = format
        self.path = path
        self.notes = Notes()
        self.recognised = Recognised()
        self._start_line, self._layout = start_line, layout or Layout()
        self._begun: Iterator[Row] | None = None

    def __iter__(self) -> Iterator[Row]:
        if self._begun is not None:
            begun, self._begun = self._begun, None
            return begun
        self.notes = Notes()
        return self._rows(self._start_line)

    def first(self, most_rows: int, most_bytes: int) -> tuple[list[Row], bool]:
        """The first rows of the file, wherever reading starts, and whether those are all.

        They are read again when the file is, or kept from what cannot be read again.
        """
        if can_be_read_again(self.path):
            other = RowReader(self.path, format=self.format, layout=self._layout)
            first, rest = _taken(iter(other), most_rows, most_bytes)
            self.recognised = other.recognised
            return first, rest is None
        first, rest = _taken(iter(self), most_rows, most_bytes)
        self._begun = iter(first) if rest is None else chain(first, rest)
        return first, rest is None

    def _rows(self, start_line: int) -> Iterator[Row]:
        with opened(self.path, self._layout.encoding) as file:
            kind = file.kind if file.kind != "text" else self._text_format(file)
            self._refuse_another(kind)
            lines = kind in {"csv", "tsv", "jsonl"}
            self.recognised = Recognised(kind, file.packed, file.encoding, seekable=file.plain and lines)
            if kind == "jsonl":
                yield from json_lines(LineSource(file.stream), start_line)
                return
            # Rows before the start are parsed too: only the parser knows whether a line starts a row.
            rows = self._parsed(kind, file)
            yield from rows if start_line <= 1 else (row for row in rows if row.line >= start_line)

    def _parsed(self, kind: str, file: Opened) -> Iterator[Row]:
        if kind == "xlsx":
            self.recognised = replace(self.recognised, sheet=self._layout.sheet)
            return workbook_rows(file.stream, self._layout.sheet, self.notes)
        if kind == "parquet":
            return parquet_rows(file.stream)
        if kind == "json":
            path = self._path_of_records(file.head)
            self.recognised = replace(self.recognised, records=".".join(path) or None)
            return iter(JsonDocuments(file.stream, path, self.notes))
        return self._delimited(kind, file)

    def _delimited(self, kind: str, file: Opened) -> Iterator[Row]:
        text = file.head.decode("utf-8-sig", "replace")
        whole = text if file.whole else text.rpartition("\n")[0]
        given = self._layout.delimiter or ("\t" if kind == "tsv" else None)
        dialect = recognised(whole, delimiter=given, backslash=self._layout.backslash)
        self.notes.count(ABOVE, dialect.above)
        self.recognised = replace(
            self.recognised, delimiter=dialect.delimiter, backslash=dialect.backslash, above=dialect.above
        )
        return iter(DelimitedRows(LineSource(file.stream), dialect, self.notes))

    def _path_of_records(self, head: bytes) -> list[str]:
        path = self._layout.records
        if path is None and (path := list_of_records(head)):
            self.notes.say(f"the records are read from the list {path}; --records names another")
        return path.split(".") if path else []

    def _text_format(self, file: Opened) -> str:
        if self.format in {"csv", "tsv", "jsonl", "json"}:
            return self.format
        if not file.head:
            return "jsonl"  # an empty file has no rows, whatever it was to be
        return of_text(file.head, self.path, records=self._layout.records is not None)

    def _refuse_another(self, kind: str) -> None:
        if self.format is not None and self.format != kind:
            raise InvalidInput(
                f"the file is no {self.format}: it is {kind}; leave --format out", field="format", reason="unknown"
            )


def _taken(rows: Iterator[Row], most_rows: int, most_bytes: int) -> tuple[list[Row], Iterator[Row] | None]:
    """The first rows, and the others where there are any. One row is looked at beyond the bounds, to know that."""
    first: list[Row] = []
    size = 0
    for row in rows:
        first.append(row)
        size += row.size
        if len(first) > most_rows or size > most_bytes:
            return first, rows
    return first, None
