"""Every row of a file validated as a worker will, and none sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from aggregates.review.draft import Draft
from sources.files.rows import Row
from sources.inspection.kinds import Kind, kinds_of
from sources.inspection.trial import Trial

_REMEMBERED = 1_000_000
"""Ids that are compared: about 100 MB. Of more rows repeats are not counted any more, and that is said."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """`valid` rows would be accepted, of which `repeats` have the id of another row; what the stores hold was not asked.

    `compared`: whether all ids were compared with each other.
    """

    rows: int
    valid: int
    repeats: int
    compared: bool
    rejected: int
    kinds: Sequence[Kind]
    notes: Sequence[str] = ()


def dry_run(rows: Iterable[Row], trial: Trial, on_row: Callable[[int], object] = int) -> DryRun:
    """Try all rows; `on_row` hears how many so far. Memory holds a hash of each id, of at most a million."""
    seen: set[int] = set()
    count = repeats = 0
    kinds: dict[tuple[str, str, bool], Kind] = {}
    for count, row in enumerate(rows, start=1):
        what = trial.of(row)
        if isinstance(what, Draft):
            of = hash((what.source, what.external_id))
            repeats += of in seen
            if len(seen) < _REMEMBERED:
                seen.add(of)
        else:
            (kind,) = kinds_of([(row, what)])
            key = (kind.field, kind.reason, kind.encoding)
            before = kinds.get(key)
            kinds[key] = kind if before is None else replace(before, count=before.count + 1)
        on_row(count)
    rejected = sum(kind.count for kind in kinds.values())
    found = sorted(kinds.values(), key=lambda kind: -kind.count)
    return DryRun(count, count - rejected, repeats, len(seen) < _REMEMBERED, rejected, found)
