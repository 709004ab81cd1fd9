"""Guesses which column holds which field of a review, by common names and by what the columns hold.

A name alone is not enough: `Published` may be a flag, `title` the place, `id` the product. So values of a sample rule
columns out, and of those that are left the best name wins.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from sources.files.column_names import GUESSES, Shape, candidates, shape_of
from sources.files.column_values import Judge

__all__ = ["GUESSES", "Guess", "guess", "guess_sources", "shape_of"]

RuledOut = frozenset[tuple[str, str]]
"""Pairs of a field and a column that does not hold it."""
Record = Mapping[str, object]
ANY = Judge()


@dataclass(frozen=True, slots=True)
class Guess:
    """For one field: its column (None: there is none), why, other columns that might be meant, and those that cannot be."""

    column: str | None
    why: str
    alternatives: tuple[str, ...] = ()
    dismissed: Mapping[str, str] = field(default_factory=dict)


def guess(
    columns: Sequence[str], sample: Sequence[Record], taken: Collection[str] = (), judge: Judge = ANY
) -> dict[str, Guess]:
    """For each field, which of a file's columns holds it, as reading the file decides it; `taken` are mapped already.

    `sample` is some of the rows, which may lack columns and have others.
    """
    shape = _shape_of_all(columns, sample)
    dismissed = _dismissed(shape, sample, judge)
    chosen = guess_sources(shape, frozenset(taken), frozenset(dismissed))
    return {target: _told(target, chosen, candidates(shape)[target], dismissed) for target in GUESSES}


@lru_cache(maxsize=256)
def guess_sources(shape: Shape, taken: frozenset[str], ruled_out: RuledOut = frozenset()) -> dict[str, str]:
    """Field → the column of such a record that seems to hold it; the columns in `taken` are skipped."""
    sources = {}
    for target, columns in candidates(shape).items():
        fitting = (
            one for one in columns if (target, one) not in ruled_out and taken.isdisjoint((one, *one.split("+")))
        )
        column = next(fitting, None)
        if column is not None:
            sources[target] = column
    return sources


def _told(
    target: str, chosen: Mapping[str, str], named: Sequence[str], dismissed: Mapping[tuple[str, str], str]
) -> Guess:
    column = chosen.get(target)
    against = {one: dismissed[target, one] for one in named if (target, one) in dismissed}
    others = tuple(one for one in named if one != column and one not in against and one not in chosen.values())
    why = f"no column is called like {target}" if not named else "what is called so holds something else"
    if column is not None:
        why = "its name, and nothing in the sample speaks against it"
    return Guess(column, why, others, against)


def _dismissed(shape: Shape, sample: Sequence[Record], judge: Judge) -> dict[tuple[str, str], str]:
    named = candidates(shape)
    judged = ((target, one, judge.misfit(target, one, sample, named)) for target in named for one in named[target])
    return {(target, column): why for target, column, why in judged if why}


def _shape_of_all(columns: Sequence[str], sample: Sequence[Record]) -> Shape:
    """One shape with the columns of all rows; an object in one row counts before a text in another."""
    inside: dict[str, tuple[str, ...] | None] = dict.fromkeys(columns)
    for record in sample:
        for name, names in shape_of(record):
            before = inside.get(name)
            inside[name] = before if names is None else tuple(dict.fromkeys((*(before or ()), *names)))
    return tuple(inside.items())
