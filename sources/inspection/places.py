"""Rows from the middle of a big file of text, found by seeking: what its beginning does not show.

Only rows that are certainly whole are taken. A place within a field of several lines is left by looking for the first
line from which rows as wide as the header follow one another.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO

from schemas.errors import InvalidInput
from sources.files.dialect import Dialect
from sources.files.json_rows import parse_object
from sources.files.recognition import Recognised
from sources.files.rows import Row

PLACES = 8
EACH = 100
_BLOCK = 1 << 18
_SURE = 5  # rows of the right width, one after the other
_TRIES = 50
_NULL = "\\N"


def rows_from_places(path: str, how: Recognised, header: Sequence[str], beyond: int) -> Iterator[Row]:
    """At most EACH rows from each of PLACES behind the byte `beyond`, with their bytes' offset where that is known."""
    size = Path(path).stat().st_size
    with Path(path).open("rb") as file:
        for place in range(1, PLACES + 1):
            start = beyond + (size - beyond) * place // (PLACES + 1)
            lines = _lines(file, start)
            found = _objects(lines) if how.format == "jsonl" else _table(lines, how, header)
            yield from (Row(0, start, record, b"", None) for record in islice(found, EACH))


def _lines(file: IO[bytes], start: int) -> list[bytes]:
    """The whole lines behind a byte."""
    file.seek(start)
    lines = file.read(_BLOCK).split(b"\n")
    return lines[1:-1]


def _objects(lines: Sequence[bytes]) -> Iterator[dict[str, object]]:
    for line in lines:
        try:
            yield parse_object(line)
        except InvalidInput:
            continue


def _table(lines: Sequence[bytes], how: Recognised, header: Sequence[str]) -> Iterator[dict[str, object]]:
    texts = [line.decode(errors="replace") + "\n" for line in lines]
    dialect = Dialect(how.delimiter or ",", how.backslash)
    for begin in range(min(_TRIES, len(texts))):
        rows = _whole_rows(texts[begin:], dialect, len(header))
        if len(rows) >= min(_SURE, len(texts) - begin) > 0:
            for cells in rows:
                yield {name: None if cell == _NULL else cell for name, cell in zip(header, cells, strict=True)}
            return


def _whole_rows(texts: Sequence[str], dialect: Dialect, width: int) -> list[list[str]]:
    """The first rows, as long as all are as wide as the header."""
    rows: list[list[str]] = []
    try:
        for cells in dialect.parser(texts):
            if len(cells) != width or len(rows) > EACH:
                break
            rows.append(cells)
    except csv.Error:
        pass  # the block ends within a row
    return rows
