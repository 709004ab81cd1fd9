"""What is said of a mapping before rows are sent: which fields no column holds, and which columns were passed over."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from sources.files.column_guesses import Guess
from sources.files.mapping import FieldMapping

_WITHOUT = {
    "rating": "no column is taken for rating, so the reviews have none",
    "external_id": (
        "no column is taken for external_id: rows that say the same of the same, by the same author at the same time, count as one"
    ),
}


def columns_of(mapping: FieldMapping, guesses: Mapping[str, Guess], columns: Collection[str]) -> dict[str, str]:
    """Field → the column of these that it is read from, as far as one is. `guesses` are those of the mapping."""
    guessed = {target: one.column for target, one in guesses.items() if one.column}
    without = _missing(mapping, columns).keys() | mapping.constants.keys()
    return {to: one for to, one in {**guessed, **mapping.columns}.items() if one and to not in without}


def said_of(mapping: FieldMapping, guesses: Mapping[str, Guess], columns: Collection[str]) -> Iterator[str]:
    """Sentences about what is missing or was passed over, each with the way out. Without columns nothing is said."""
    if not columns:
        return
    for target, column in _missing(mapping, columns).items():
        yield f"the mapping's column {column!r} is in none of the first rows, so {target} is left out where it is missing"
    named = mapping.columns.keys() | mapping.constants.keys()
    for target, found in guesses.items():
        if target in named:
            continue
        for column, why in found.dismissed.items():
            yield f"the column {column!r} is not taken for {target}: it {why}; --map {target}={column} takes it all the same"
        if found.column is None and target in _WITHOUT:
            yield f"{_WITHOUT[target]}; --map {target}=COLUMN names one"


def _missing(mapping: FieldMapping, columns: Collection[str]) -> Mapping[str, str]:
    """Optional fields, and their columns that are not there."""
    return {to: column for to, column in mapping.missing(columns).items() if to in mapping.optional}
