"""Rows that a worker would refuse: by kind, each with its first row."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sources.inspection.findings import Finding
from sources.inspection.kinds import Kind, kinds_of
from sources.inspection.looked import Looked

_MANY = 0.5
_MANY_OF_MANY = 0.3
_ENOUGH = 100  # rows, from which on a third of them is no accident
_BYTES = 0.02  # of the rows: some are damaged, and more are in another encoding
_FEWEST = 3


def check(looked: Looked, told: Collection[str]) -> Iterator[Finding]:
    """Say what would be refused. In bulk, or in another encoding, nothing should be sent.

    `told` are fields of which another finding says already why their rows would be refused.
    """
    tried = len(looked.tried)
    limit = _MANY_OF_MANY if tried >= _ENOUGH else _MANY
    bulk = len(looked.refused) > tried * limit
    for kind in kinds_of(looked.refused):
        if kind.field in told:
            continue
        recode = kind.encoding and kind.count >= max(_FEWEST, tried * _BYTES)
        yield Finding(kind.field, _said(looked, kind, tried), refuses=bulk or recode)


def _said(looked: Looked, kind: Kind, tried: int) -> str:
    column = looked.column(kind.field)
    error = kind.error
    if column != kind.field and not error.startswith(f"{column}:"):
        error = f"column {column}: {error}"
    where = f", first in line {kind.line}" if kind.line else ""
    return f"{kind.count} of {tried} rows would be refused{where}: {error}"
