"""Rows of CSV and TSV files: a header, quoted fields that may hold newlines, and recovery after a broken row.

A quote that is never closed would swallow the rest of the file. So when a row of several lines cannot be parsed, only
its first line is bad, and reading continues with the second one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace

from sources.files.dialect import Dialect
from sources.files.lines import MAX_LINE_BYTES, Line, LineSource
from sources.files.notes import BACKSLASHES, Notes
from sources.files.rows import Row, bad_row, encoding_problem, good_row
from sources.files.spans import Span, UnreadableLine
from sources.files.widths import fitted, named

_QUOTE = '"'
_NULL = "\\N"  # MySQL's; no one writes it for something else
_PLAIN_WORDS = {
    "unexpected end of data": "a quote is opened and never closed",
    "new-line character seen": "a carriage return outside quotes",
}


class DelimitedRows:
    """The rows below the header; `columns` is known once the first row was requested."""

    def __init__(self, source: LineSource, dialect: Dialect, notes: Notes) -> None:
        self._source = source
        self._dialect = dialect
        self._notes = notes
        # Many TSV files follow Excel and quote, others contain quotes without meaning: those are taken literally.
        self._literal_quotes = dialect.delimiter == "\t"
        self._doubtful_until = 0
        self.columns: list[str] = []

    def __iter__(self) -> Iterator[Row]:
        # The limit is the process's own; the default of 128 kB is below what a review page can hold.
        csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE_BYTES + 1))
        for _ in range(self._dialect.above):
            self._source.take()
        header = self._parse()
        if header is None:
            return
        problem = self._read_header(*header)
        if problem is not None:
            yield bad_row(header[0], f"no row can be read without a header: {problem}")
            return
        while (parsed := self._parse()) is not None:
            yield self._row(*parsed)

    def _read_header(self, lines: list[Line], fields: list[str], problem: str | None) -> str | None:
        self.columns, twice = named(fields)
        return problem or (twice and f"line {lines[0].number} {twice}") or None

    def _row(self, lines: list[Line], fields: list[str], problem: str | None) -> Row:
        cells = None if problem else fitted(fields, len(self.columns), self._notes)
        if cells is None:
            problem = problem or (
                f"line {lines[0].number} has {len(fields)} columns, the header has {len(self.columns)}; "
                "quote the fields that contain a delimiter or a newline"
            )
            return bad_row(lines, problem)
        record: dict[str, object] = dict(zip(self.columns, cells, strict=True))
        if _NULL in cells:
            record = {name: None if cell == _NULL else cell for name, cell in record.items()}
        return good_row(lines, record)

    def _parse(self) -> tuple[list[Line], list[str], str | None] | None:
        """The next row that is not blank: its lines, its fields, and what is wrong with them."""
        while True:
            span = Span(self._source)
            try:
                fields = next(self._dialect.parser(span), None)
            except (csv.Error, UnreadableLine) as error:
                return self._with_backslashes(span) or self._salvage(span.lines, error)
            if fields is None:
                return None
            if fields:
                return span.lines, fields, self._problem(span.lines, fields)

    def _problem(self, lines: list[Line], fields: list[str]) -> str | None:
        for line in lines:
            if (problem := encoding_problem(line)) is not None:
                return problem
        if lines[0].number <= self._doubtful_until and any(_QUOTE in field for field in fields):
            return f"line {lines[0].number} may be the end of the broken row above it"
        return None

    def _with_backslashes(self, span: Span) -> tuple[list[Line], list[str], str | None] | None:
        """A row that is whole when backslashes escape its quotes; else None, with the source and the span as before."""
        if self._dialect.backslash or not any(b'\\"' in line.data for line in span.lines):
            return None
        self._source.push_back(span.lines)
        other = Span(self._source)
        try:
            fields = next(replace(self._dialect, backslash=True).parser(other), [])
        except (csv.Error, UnreadableLine):
            fields = []
        if len(fields) == len(self.columns) > 1:
            self._notes.count(BACKSLASHES)
            return other.lines, fields, self._problem(other.lines, fields)
        self._source.push_back(other.lines)
        for _ in span.lines:
            self._source.take()
        return None

    def _salvage(self, lines: list[Line], error: Exception) -> tuple[list[Line], list[str], str | None]:
        """After an error in the span `lines`: push back all but the first, and report what is wrong with the first."""
        first = lines[0]
        self._source.push_back(lines[1:])
        if self._literal_quotes and first.problem is None:
            fields = first.data.decode(errors="surrogateescape").rstrip("\r\n").split(self._dialect.delimiter)
            if len(fields) == (len(self.columns) or len(fields)):
                return [first], fields, encoding_problem(first)
        self._doubtful_until = max(self._doubtful_until, lines[-1].number)
        return [first], [], first.problem or f"line {first.number}: {_in_plain_words(error, lines)}"


def _in_plain_words(error: Exception, lines: list[Line]) -> str:
    for known, plain in _PLAIN_WORDS.items():
        if known in str(error):
            return plain
    if len(lines) > 1 and isinstance(error, csv.Error):
        return f"a quote opened here ends within a field of line {lines[-1].number}; double the quotes inside a field"
    return str(error)
