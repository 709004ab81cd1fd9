"""From a file's columns to the fields of a review: explicit mappings, then guesses, then metadata."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from schemas.errors import InvalidInput
from sources.files import mapping_files
from sources.files.column_guesses import Guess, RuledOut, guess
from sources.files.column_names import GUESSES
from sources.files.mapping_options import check_names, parse_pairs, parse_values
from sources.files.paths import top_of
from sources.files.row_mapper import Mapped, Problem, RowMapper
from sources.files.values.dates import DateReader, zone

__all__ = ["FILLERS", "TARGET_FIELDS", "FieldMapping", "Mapped", "Problem"]

TARGET_FIELDS = tuple(GUESSES)
# What Booking writes into the column that has nothing to say.
FILLERS = ("No Positive", "No Negative")


@dataclass(frozen=True)
class FieldMapping:
    """`columns` maps a target field to the column it is read from, `constants` to one value for all rows.

    A column "a+b" joins two, "" switches the guess off. `values` are names of values by field, `empty` texts that mean
    that nothing is there. Fields that are not named are guessed from the columns' names, but for what is `ruled_out`.
    The columns of `optional` fields may be missing from a file. `layout` is how such files are laid out, by the names of
    row_reader.Layout.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    empty: Sequence[str] = FILLERS
    date_format: str | None = None
    timezone: str = "UTC"
    ruled_out: RuledOut = frozenset()
    optional: Sequence[str] = ()
    layout: Mapping[str, str] = field(default_factory=dict)

    _mapper: RowMapper = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_names(self.columns, self.constants, self.values, self.optional)
        dates = DateReader(self.date_format, zone(self.timezone))
        mapper = RowMapper(self.columns, self.constants, self.values, self.empty, dates, self.ruled_out)
        object.__setattr__(self, "_mapper", mapper)

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
            optional=tuple(dict.fromkeys((*(one for one in saved.optional if one not in named), *self.optional))),
            layout={**saved.layout, **self.layout},
        )

    def knowing(self, sample: Sequence[Mapping[str, object]]) -> FieldMapping:
        """The mapping with what the values of some rows say against guesses."""
        return self.told(self.guesses(sample))

    def told(self, guesses: Mapping[str, Guess]) -> FieldMapping:
        """The same as `knowing` the rows from which `guesses` were made."""
        return replace(self, ruled_out=frozenset((to, one) for to, guess in guesses.items() for one in guess.dismissed))

    def guesses(self, sample: Sequence[Mapping[str, object]], columns: Sequence[str] = ()) -> dict[str, Guess]:
        """What is guessed for each field, beside what is mapped, and why; for someone to look at before rows are sent."""
        return guess(columns, sample, self._mapper.taken, self._mapper.judge)

    def check(self, columns: Iterable[str]) -> None:
        """Raise InvalidInput when a mapped column, but of an optional field, is not among a file's `columns`."""
        there = list(columns)
        more = f" and {len(there) - 40} more" if len(there) > 40 else ""
        for target, part in self.missing(there).items():
            if target not in self.optional:
                raise InvalidInput(
                    f"{target} is mapped to the column {part!r}, which does not exist; there are {', '.join(there[:40])}{more}",
                    field=target,
                    reason="no_such_column",
                )

    def missing(self, columns: Collection[str]) -> dict[str, str]:
        """Field → the mapped column, or the first of those that are joined, which is not among a file's `columns`."""
        found: dict[str, str] = {}
        for target, column in self.columns.items():
            for part in [column] if column in columns else map(str.strip, column.split("+")):
                if part and {part, part.rpartition("?")[0] or part, top_of(part)}.isdisjoint(columns):
                    found.setdefault(target, part)
        return found

    @property
    def reader(self) -> RowMapper:
        """What reads rows, and single values, by this mapping."""
        return self._mapper

    def apply(self, record: Mapping[str, object]) -> dict[str, object]:
        """The review of `read`; what cannot be read stays as it was given, for validation to refuse."""
        return self.read(record).review

    def read(self, record: Mapping[str, object]) -> Mapped:
        """The record's target fields (absent ones left out, but for a blank content) and "metadata" with all other columns.

        Ratings become numbers and dates ISO 8601; whether they are in range is found after publishing.
        """
        return self._mapper.read(record)

    def save(self, directory: Path, name: str) -> Path:
        """Write the mapping as `name`.json below `directory`, replacing one of that name."""
        content = {"columns": dict(self.columns), "constants": dict(self.constants)}
        more = {"values": dict(self.values), "empty": list(self.empty)}
        dates = {"date_format": self.date_format, "timezone": self.timezone}
        files = {"optional": list(self.optional), "layout": dict(self.layout)}
        return mapping_files.write(directory, name, {**content, **more, **dates, **files})

    @classmethod
    def load(cls, directory: Path, name: str) -> FieldMapping:
        """The mapping that was saved as `name`, else the shipped one of that name. Raises InvalidInput when there is none or it is broken."""
        saved = mapping_files.read(directory, name)
        lists = {"empty": tuple(saved.get("empty", FILLERS)), "optional": tuple(saved.get("optional", ()))}
        return cls(**{**saved, **lists})
