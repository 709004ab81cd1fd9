"""Refused rows by kind: the field and the reason, with the first row's words and line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sources.files.rows import Row
from sources.inspection.trial import Refused


@dataclass(frozen=True, slots=True)
class Kind:
    """`line` and `error` are those of its first row; line 0 is not known. `encoding`: the row's bytes are not in the file's."""

    field: str
    reason: str
    count: int
    line: int
    error: str
    encoding: bool = False


def kinds_of(refused: Iterable[tuple[Row, Refused]]) -> list[Kind]:
    """The kinds, the most frequent first."""
    kinds: dict[tuple[str, str, bool], Kind] = {}
    for row, why in refused:
        key = (why.field, why.reason, _is_encoding(row))
        before = kinds.get(key)
        first = Kind(why.field, why.reason, 1, row.line, why.error, key[2])
        kinds[key] = first if before is None else replace(before, count=before.count + 1)
    return sorted(kinds.values(), key=lambda kind: -kind.count)


def _is_encoding(row: Row) -> bool:
    if row.record is not None:
        return False
    try:
        row.raw.decode()
    except UnicodeDecodeError:
        return True
    return False
