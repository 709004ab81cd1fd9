"""What is said of a mapping before rows are sent: which fields no column holds, and which columns were passed over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sources.files.mapping import FieldMapping

_WITHOUT = {
    "rating": "no column is taken for rating, so the reviews have none",
    "external_id": (
        "no column is taken for external_id: rows that say the same of the same, by the same author at the same time, count as one"
    ),
}


def columns_of(mapping: FieldMapping, sample: Sequence[Mapping[str, object]]) -> dict[str, str]:
    """Field → the column that it is read from, as far as one is."""
    guessed = {target: one.column for target, one in mapping.guesses(sample).items() if one.column}
    without = _missing(mapping, sample).keys() | mapping.constants.keys()
    return {to: one for to, one in {**guessed, **mapping.columns}.items() if one and to not in without}


def said_of(mapping: FieldMapping, sample: Sequence[Mapping[str, object]]) -> Iterator[str]:
    """Sentences about what is missing or was passed over, each with the way out. A sample without rows says nothing."""
    if not sample:
        return
    for target, column in _missing(mapping, sample).items():
        yield f"the mapping's column {column!r} is in none of the first rows, so {target} is left out where it is missing"
    named = mapping.columns.keys() | mapping.constants.keys()
    for target, found in mapping.guesses(sample).items():
        if target in named:
            continue
        for column, why in found.dismissed.items():
            yield f"the column {column!r} is not taken for {target}: it {why}; --map {target}={column} takes it all the same"
        if found.column is None and target in _WITHOUT:
            yield f"{_WITHOUT[target]}; --map {target}=COLUMN names one"


def _missing(mapping: FieldMapping, sample: Sequence[Mapping[str, object]]) -> Mapping[str, str]:
    """Optional fields, and their columns that no row of the sample has."""
    there = frozenset(name for record in sample for name in record)
    return {to: column for to, column in mapping.missing(there).items() if to in mapping.optional}
