"""How records of one shape are read, decided once: a file has many rows and few shapes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sources.files.column_names import GUESSES
from sources.files.field_values import TEXTS
from sources.files.metadata import Leftover
from sources.files.paths import parts_of, path_of
from sources.files.values.absent import Absence, absence


class Step(NamedTuple):
    """One field: its column, and how it is found.

    `top` is the column where it is one of the record's own; else the `paths` lead to what it joins.
    """

    target: str
    column: str
    top: str | None
    paths: tuple[tuple[str, ...], ...]
    absence: Absence
    is_verbatim: bool
    """Whether a text in it stays as it is."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The fields in their order and what is left. `without_link`: the same for a link that is no address."""

    steps: tuple[Step, ...]
    leftover: Leftover
    link: Step | None = None
    without_link: Plan | None = None


def planned(
    names: Collection[str],
    sources: Mapping[str, str],
    empty: frozenset[str],
    *,
    renamed: Collection[str],
    guessed_link: bool,
) -> Plan:
    """How records with these columns are read when `sources` say which holds which field.

    `renamed` are fields whose values have names, `empty` is as for Absence.
    """
    steps = tuple(_step(target, sources[target], names, empty, renamed) for target in GUESSES if target in sources)
    whole = Plan(steps, _leftover(names, steps))
    link = next((step for step in steps if step.target == "url"), None)
    if link is None or not guessed_link:
        return whole
    others = tuple(step for step in steps if step is not link)
    return Plan(steps, whole.leftover, link, Plan(others, _leftover(names, others)))


def _step(target: str, column: str, names: Collection[str], empty: frozenset[str], renamed: Collection[str]) -> Step:
    paths = tuple(path_of(part, names) for part in parts_of(names, column))
    top = paths[0][0] if len(paths) == 1 and paths[0][0] in names and len(paths[0]) == 1 else None
    return Step(target, column, top, paths, absence(target, empty), target in TEXTS and target not in renamed)


def _leftover(names: Collection[str], steps: Collection[Step]) -> Leftover:
    return Leftover(names, {part for step in steps for part in parts_of(names, step.column)})
