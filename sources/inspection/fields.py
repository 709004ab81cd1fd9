"""Which column each field of a review is read from, and what stands there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sources.files.column_guesses import Guess
from sources.files.mapping import FieldMapping
from sources.files.paths import parts_of, top_of
from sources.files.row_mapper import RowMapper
from sources.files.values.unreadable import Unreadable

SHOWN = 3
LONGEST = 60
_READ = frozenset({"rating", "published_at"})  # fields whose values are not what they are in the file
Record = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class FieldFound:
    """One field: its column ("a+b" joins two) or the value that all rows have, and how that is known: mapped or guessed.

    `values` are some that stand there, shortened, with what they are read as. `empty` is the share of rows without one.
    `alternatives` are other columns that are called so.
    """

    field: str
    column: str | None
    constant: str | None
    how: str
    values: Sequence[str] = ()
    empty: float = 0.0
    alternatives: Sequence[str] = ()


def fields_of(
    mapping: FieldMapping, guesses: Mapping[str, Guess], columns: Mapping[str, str], records: Sequence[Record]
) -> Iterator[FieldFound]:
    """Every field that something is read for; `columns` are those that it is read from."""
    for field, guess in guesses.items():
        if field in mapping.constants:
            yield FieldFound(field, None, mapping.constants[field], "mapped", [mapping.constants[field]])
        elif field in columns:
            how = "mapped" if field in mapping.columns else "guessed"
            others = guess.alternatives if how == "guessed" else ()
            held = _held(mapping.reader, field, columns[field], records)
            yield FieldFound(field, columns[field], None, how, *held, others)


def other_columns(
    columns: Sequence[str],
    fields: Mapping[str, str],
    records: Sequence[Record],
    passed: Sequence[str] = ("metadata", "source"),
) -> list[str]:
    """The columns that no field is read from: metadata."""
    whole = dict.fromkeys(columns, records)
    used = {part for column in fields.values() for part in parts_of(whole, column)}
    used |= {top_of(part) for part in used if part not in whole}
    return [name for name in columns if name not in used and name not in passed]


def _held(reader: RowMapper, field: str, column: str, records: Sequence[Record]) -> tuple[list[str], float]:
    shown: dict[str, None] = {}
    empty = 0
    for record in records:
        value = reader.value(record, field, column)
        if reader.is_absent(field, value):
            empty += 1
        elif len(shown) < SHOWN:
            shown[_shown(reader, field, value)] = None
    return list(shown), empty / len(records) if records else 0.0


def _shown(reader: RowMapper, field: str, value: object) -> str:
    text = " ".join(str(value).split())
    short = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    if field not in _READ:
        return short
    found: dict[str, object] = {}
    try:
        reader.put(found, field, value)
    except Unreadable:
        return f"{short} (cannot be read)"
    read = found.get(field, "none")
    return short if str(read) in {text, f"{text}.0"} else f"{short} → {read}"
