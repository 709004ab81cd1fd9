"""One row after the other as the fields of a review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sources.files.column_guesses import RuledOut, guess_sources
from sources.files.column_names import GUESSES, shape_of
from sources.files.column_values import Judge
from sources.files.field_values import named_value, put
from sources.files.metadata import metadata_of
from sources.files.paths import parts_of, value_at
from sources.files.values.absent import is_absent
from sources.files.values.dates import DateReader
from sources.files.values.unreadable import Unreadable

Record = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row's value cannot be read: the text begins with the column, `field` and `reason` are the stable words."""

    field: str
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """A record as the fields of a review; its first problem; how much of its metadata did not fit, by kind."""

    review: dict[str, object]
    problem: Problem | None
    notes: Mapping[str, int]


class RowMapper:
    """Reads records by a mapping (mapping.FieldMapping says what its parts are)."""

    def __init__(
        self,
        columns: Mapping[str, str],
        constants: Mapping[str, str],
        values: Mapping[str, Mapping[str, str]],
        empty: Sequence[str],
        dates: DateReader,
        ruled_out: RuledOut,
    ) -> None:
        self._columns, self._constants, self._dates, self._ruled_out = columns, constants, dates, ruled_out
        self._values = {name: {key.casefold(): one for key, one in names.items()} for name, names in values.items()}
        self._empty = frozenset(text.strip().casefold() for text in empty)
        self.judge = Judge(dates, frozenset(values))
        self.taken = frozenset(part for column in columns.values() for part in (column, *column.split("+")) if part)
        """The columns that are mapped, and so not guessed for another field."""

    def read(self, record: Record) -> Mapped:
        """The record's fields, metadata, and what is wrong."""
        found: dict[str, object] = {}
        used: set[str] = set()
        problem = None
        for target, column in self._sources(record):
            value = self.value(record, target, column)
            if target == "url" and target not in self._columns and not str(value).startswith(("https://", "http://")):
                continue  # a "link" within some site: not an address, but kept as metadata
            used.update(parts_of(record, column))
            if not self.is_absent(target, value):
                refused = self._put(found, target, value, column)
                problem = problem or refused
            elif target == "content" and value is not None:
                found["content"] = ""  # the column exists but is blank: the author gave only a rating
        for target, constant in self._constants.items():
            refused = self._put(found, target, constant, f"{target}:=")
            problem = problem or refused
        found["metadata"], notes = metadata_of(record, used)
        return Mapped(found, problem, notes)

    def value(self, record: Record, target: str, column: str) -> object:
        """What stands in the column, or in several joined, for that field."""
        parts = parts_of(record, column)
        if len(parts) == 1:
            return value_at(record, parts[0])
        values = [value_at(record, part) for part in parts]
        texts = [str(value).strip() for value in values if not self.is_absent(target, value)]
        return "\n".join(texts) if any(value is not None for value in values) else None

    def is_absent(self, target: str, value: object) -> bool:
        """Whether that value means for the field that nothing is there."""
        return is_absent(target, value, self._empty)

    def put(self, found: dict[str, object], target: str, value: object) -> None:
        """Set a field to what the value means. Raises Unreadable and leaves the value as it is."""
        names = self._values.get(target)
        put(found, target, value if names is None else named_value(value, names), self._dates)

    def _put(self, found: dict[str, object], target: str, value: object, column: str) -> Problem | None:
        try:
            self.put(found, target, value)
        except Unreadable as error:
            found[target] = value
            return Problem(target, error.reason, f"{column}: {error}")
        return None

    def _sources(self, record: Record) -> list[tuple[str, str]]:
        guessed = guess_sources(shape_of(record), self.taken, self._ruled_out)
        sources = {**guessed, **self._columns}
        return [(to, sources[to]) for to in GUESSES if sources.get(to) and to not in self._constants]
