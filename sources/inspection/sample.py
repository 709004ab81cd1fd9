"""The rows that are looked at: all of a small file, the beginning and some places of a big one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sources.files.row_reader import RowReader
from sources.files.rows import Row
from sources.inspection.places import rows_from_places

MOST_ROWS = 5_000
MOST_BYTES = 16 << 20
"""A file is small up to here. What standard input gave is held until it was looked at."""
BEGINNING = 2_000
"""Rows of the beginning of a big one that are looked at."""


@dataclass(frozen=True)
class Sample:
    """`first` are the rows of the beginning, `elsewhere` rows from further places, whose lines are not known (0)."""

    first: Sequence[Row]
    elsewhere: Sequence[Row]
    whole: bool
    columns: Sequence[str]

    @property
    def rows(self) -> list[Row]:
        """All of them, in their order."""
        return [*self.first, *self.elsewhere]

    @cached_property
    def records(self) -> list[dict[str, object]]:
        """Those that could be read."""
        return [row.record for row in self.rows if row.record is not None]


def sample_of(reader: RowReader) -> Sample:
    """Look at the reader's file; its rows can be read afterwards as before. Raises InvalidInput as reading does."""
    first, whole = reader.first(MOST_ROWS, MOST_BYTES)
    elsewhere: list[Row] = []
    first = first if whole else first[:BEGINNING]
    if not whole and reader.recognised.seekable:
        beyond = first[-1].offset
        header = next((list(row.record) for row in first if row.record is not None), [])
        elsewhere = list(rows_from_places(reader.path, reader.recognised, header, beyond))
    records = (row.record for row in [*first, *elsewhere] if row.record is not None)
    return Sample(first, elsewhere, whole, list(dict.fromkeys(name for record in records for name in record)))
