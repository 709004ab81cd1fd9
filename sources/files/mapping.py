"""From a file's columns to the fields of a review: explicit mappings, then guesses, then metadata."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from schemas.errors import InvalidInput
from sources.files import mapping_files
from sources.files.column_guesses import RuledOut, guess_sources, ruled_out, shape_of
from sources.files.column_names import GUESSES
from sources.files.field_values import named_value, put
from sources.files.mapping_options import check_names, parse_pairs, parse_values
from sources.files.metadata import metadata_of
from sources.files.paths import parts_of, value_at
from sources.files.values.absent import is_absent
from sources.files.values.dates import DateReader, zone
from sources.files.values.unreadable import Unreadable

TARGET_FIELDS = tuple(GUESSES)
# What Booking writes into the column that has nothing to say.
FILLERS = ("No Positive", "No Negative")


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


@dataclass(frozen=True)
class FieldMapping:
    """`columns` maps a target field to the column it is read from, `constants` to one value for all rows.

    A column "a+b" joins two, "" switches the guess off. `values` are names of values by field, `empty` texts that mean
    that nothing is there. Fields that are not named are guessed from the columns' names, but for what is `ruled_out`.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    empty: Sequence[str] = FILLERS
    date_format: str | None = None
    timezone: str = "UTC"
    ruled_out: RuledOut = frozenset()

    def __post_init__(self) -> None:
        check_names(self.columns, self.constants, self.values)
        folded = {name: {key.casefold(): one for key, one in names.items()} for name, names in self.values.items()}
        dates = DateReader(self.date_format, zone(self.timezone))
        taken = [part for column in self.columns.values() for part in (column, *column.split("+")) if part]
        for name, value in (("_dates", dates), ("_folded", folded), ("_taken", frozenset(taken))):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "_empty", frozenset(text.strip().casefold() for text in self.empty))

    _dates: DateReader = field(init=False, repr=False, compare=False)
    _folded: Mapping[str, Mapping[str, str]] = field(init=False, repr=False, compare=False)
    _taken: frozenset[str] = field(init=False, repr=False, compare=False)
    _empty: frozenset[str] = field(init=False, repr=False, compare=False)

    @classmethod
    def parse(
        cls,
        *pairs: str,
        values: Iterable[str] = (),
        empty: Sequence[str] = FILLERS,
        date_format: str | None = None,
        timezone: str = "UTC",
    ) -> FieldMapping:
        """From texts like "content=review_text" (a column) and "best_rating:=10" (a value for all rows).

        `values` are texts like "rating:true=5,false=1". Raises InvalidInput naming the field and the fix.
        """
        return cls(*parse_pairs(pairs), parse_values(values), empty, date_format, timezone)

    def over(self, saved: FieldMapping) -> FieldMapping:
        """The mapping with what a saved one has where this one says nothing."""
        named = self.columns.keys() | self.constants.keys()
        kept = [{to: one for to, one in held.items() if to not in named} for held in (saved.columns, saved.constants)]
        return replace(
            self,
            columns={**kept[0], **self.columns},
            constants={**kept[1], **self.constants},
            values={**saved.values, **self.values},
            empty=tuple(dict.fromkeys((*saved.empty, *self.empty))),
            date_format=self.date_format or saved.date_format,
            timezone=saved.timezone if self.timezone == "UTC" else self.timezone,
        )

    @property
    def taken(self) -> frozenset[str]:
        """The columns that are mapped, and so not guessed for another field."""
        return self._taken

    def knowing(self, sample: Sequence[Mapping[str, object]]) -> FieldMapping:
        """The mapping with what the values of some rows say against guesses."""
        return replace(self, ruled_out=ruled_out(sample))

    def check(self, columns: Iterable[str]) -> None:
        """Raise InvalidInput when a mapped column is not among a file's `columns`."""
        there = list(columns)
        for target, column in self.columns.items():
            for part in [column] if column in there else column.split("+"):
                if part and part.strip() not in there and part.strip().split(".")[0] not in there:
                    raise InvalidInput(
                        f"{target} is mapped to the column {part.strip()!r}, which does not exist; there are {', '.join(there[:40])}",
                        field=target,
                        reason="no_such_column",
                    )

    def apply(self, record: Mapping[str, object]) -> dict[str, object]:
        """The review of `read`; what cannot be read stays as it was given, for validation to refuse."""
        return self.read(record).review

    def read(self, record: Mapping[str, object]) -> Mapped:
        """The record's target fields (absent ones left out, but for a blank content) and "metadata" with all other columns.

        Ratings become numbers and dates ISO 8601; whether they are in range is found after publishing.
        """
        found: dict[str, object] = {}
        used: set[str] = set()
        problem = None
        for target, column in self._sources(record):
            value = self._value(record, target, column)
            if target == "url" and target not in self.columns and not str(value).startswith(("https://", "http://")):
                continue  # a "link" within some site: not an address, but kept as metadata
            used.update(parts_of(record, column))
            if is_absent(target, value, self._empty):
                if target == "content" and value is not None:
                    found["content"] = ""  # the column exists but is blank: the author gave only a rating
                continue
            refused = self._put(found, target, value, column)
            problem = problem or refused
        for target, value in self.constants.items():
            refused = self._put(found, target, value, f"{target}:=")
            problem = problem or refused
        found["metadata"], notes = metadata_of(record, used)
        return Mapped(found, problem, notes)

    def _put(self, found: dict[str, object], target: str, value: object, column: str) -> Problem | None:
        try:
            names = self._folded.get(target)
            put(found, target, value if names is None else named_value(value, names), self._dates)
        except Unreadable as error:
            found[target] = value
            return Problem(target, error.reason, f"{column}: {error}")
        return None

    def _value(self, record: Mapping[str, object], target: str, column: str) -> object:
        parts = parts_of(record, column)
        if len(parts) == 1:
            return value_at(record, parts[0])
        values = [value_at(record, part) for part in parts]
        texts = [str(value).strip() for value in values if not is_absent(target, value, self._empty)]
        return "\n".join(texts) if any(value is not None for value in values) else None

    def _sources(self, record: Mapping[str, object]) -> list[tuple[str, str]]:
        guessed = guess_sources(shape_of(record), self._taken, self.ruled_out)
        sources = {**guessed, **self.columns}
        return [(to, sources[to]) for to in TARGET_FIELDS if sources.get(to) and to not in self.constants]

    def save(self, directory: Path, name: str) -> Path:
        """Write the mapping as `name`.json below `directory`, replacing one of that name."""
        content = {"columns": dict(self.columns), "constants": dict(self.constants)}
        more = {"values": dict(self.values), "empty": list(self.empty)}
        dates = {"date_format": self.date_format, "timezone": self.timezone}
        return mapping_files.write(directory, name, {**content, **more, **dates})

    @classmethod
    def load(cls, directory: Path, name: str) -> FieldMapping:
        """The mapping that was saved as `name`. Raises InvalidInput when there is none or it is broken."""
        saved = mapping_files.read(directory, name)
        return cls(**{**saved, "empty": tuple(saved.get("empty", FILLERS))})
