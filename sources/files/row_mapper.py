"""One row after the other as the fields of a review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from types import NoneType
from typing import NamedTuple

from sources.files.column_guesses import RuledOut, guess_sources
from sources.files.column_names import Shape, shape_of
from sources.files.column_values import Judge
from sources.files.field_values import named_value, put
from sources.files.paths import below, parts_of, path_of
from sources.files.row_plan import Plan, planned
from sources.files.values.absent import Absence
from sources.files.values.absent import absence as absence_of
from sources.files.values.dates import DateReader
from sources.files.values.unreadable import Unreadable

Record = Mapping[str, object]
_SHAPES = 256  # of the records of one file, whose plans are kept
_FLAT = frozenset({str, int, float, bool, NoneType, Decimal, date, datetime})
"""Types with nothing inside: the shape of a record of such values is its names."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row's value cannot be read: the text begins with the column, `field` and `reason` are the stable words."""

    field: str
    reason: str
    text: str


class Mapped(NamedTuple):
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
        self._plan_of_shape = lru_cache(maxsize=_SHAPES)(self._planned)
        self._plan_of_names = lru_cache(maxsize=_SHAPES)(self._planned_flat)

    def read(self, record: Record) -> Mapped:
        """The record's fields, metadata, and what is wrong."""
        found: dict[str, object] = {}
        problem = None
        plan = self._plan(record)
        for target, column, top, paths, absence, is_verbatim in plan.steps:
            value = record[top] if top is not None else _inside(record, paths, absence)
            if absence.holds(value):
                if target == "content" and value is not None:
                    found["content"] = ""  # the column exists but is blank: the author gave only a rating
            elif is_verbatim and type(value) is str:
                found[target] = value
            else:
                refused = self._put(found, target, value, column)
                problem = problem or refused
        for target, constant in self._constants.items():
            refused = self._put(found, target, constant, f"{target}:=")
            problem = problem or refused
        found["metadata"], notes = plan.leftover.of(record)
        return Mapped(found, problem, notes)

    def value(self, record: Record, target: str, column: str) -> object:
        """What stands in the column, or in several joined, for that field."""
        paths = [path_of(part, record) for part in parts_of(record, column)]
        return _inside(record, paths, absence_of(target, self._empty))

    def is_absent(self, target: str, value: object) -> bool:
        """Whether that value means for the field that nothing is there."""
        return absence_of(target, self._empty).holds(value)

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

    def _plan(self, record: Record) -> Plan:
        is_flat = _FLAT.issuperset(map(type, record.values()))
        plan = self._plan_of_names(tuple(record)) if is_flat else self._plan_of_shape(shape_of(record))
        if plan.link is None or plan.without_link is None:
            return plan
        # A "link" within some site is no address, but kept as metadata.
        _, _, top, paths, absence, _ = plan.link
        link = record[top] if top is not None else _inside(record, paths, absence)
        return plan if str(link).startswith(("https://", "http://")) else plan.without_link

    def _planned_flat(self, names: tuple[str, ...]) -> Plan:
        return self._planned(tuple((name, None) for name in names))

    def _planned(self, shape: Shape) -> Plan:
        sources = {**guess_sources(shape, self.taken, self._ruled_out), **self._columns}
        sources = {to: column for to, column in sources.items() if column and to not in self._constants}
        names = dict(shape).keys()
        return planned(names, sources, self._empty, renamed=self._values, guessed_link="url" not in self._columns)


def _inside(record: Record, paths: Sequence[Sequence[str]], absence: Absence) -> object:
    """What the one path leads to, or the texts of several, below each other."""
    if len(paths) == 1:
        return below(record, paths[0])
    values = [below(record, path) for path in paths]
    texts = [str(value).strip() for value in values if not absence.holds(value)]
    return "\n".join(texts) if any(value is not None for value in values) else None
