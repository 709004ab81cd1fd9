"""Rows that are wider or narrower than their header, and headers themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

from sources.files.notes import DROPPED, FILLED, Notes

Cell = TypeVar("Cell")
_ONE_CELL = 1  # is no row that lost its end, but the rest of a broken one


def named(header: Sequence[str]) -> tuple[list[str], str]:
    """The columns' names, numbered where there is none, and what is wrong with them."""
    names = [name.strip() or f"column_{at}" for at, name in enumerate(header, start=1)]
    [(twice, times)] = Counter(names).most_common(1) or [("", 0)]
    return names, f"names the column {twice[:60]!r} twice; rename one" if times > 1 else ""


def fitted(cells: Sequence[Cell], width: int, notes: Notes) -> Sequence[Cell | str] | None:
    """A row as wide as its header; None when it cannot be one.

    Excel leaves out empty cells at the end of a row, and other programs write some that no column has.
    """
    if len(cells) == width:
        return cells
    if len(cells) > width:
        if any(cell is not None and str(cell).strip() for cell in cells[width:]):
            return None
        notes.count(DROPPED)
        return [*cells[:width]]
    if len(cells) <= _ONE_CELL:
        return None
    notes.count(FILLED)
    return [*cells, *[""] * (width - len(cells))]
