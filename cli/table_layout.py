"""Tables as lines of text: one line a row, no borders, so that a person reads them, `grep` finds in them and `awk` splits them.

Without a width (a pipe, a file) nothing is cut. On a terminal, columns of identifiers or marked `no_wrap` are never cut; others
end in `…` where they do not fit, the rightmost ones are left out where nothing would be left of them, and a last line names
those. A last column marked `overflow="fold"` is prose, such as advice: it is printed whole, and the terminal breaks the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.table import Column, Table
from rich.text import Text

GAP = 2
LEAST = 8
"""Width in cells below which a column that may be cut says too little."""
IDENTIFIER = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b")
LINE_BREAKS = re.compile(r"[\r\n\v\f\x85\u2028\u2029\t]+")
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class _Laid:
    """A column with its cells as single lines; `natural` is the width of the widest one."""

    name: str
    cells: Sequence[Text]
    natural: int
    whole: bool
    prose: bool

    @property
    def least(self) -> int:
        """The width that it needs at least to be shown."""
        return self.natural if self.whole and not self.prose else min(self.natural, max(LEAST, cell_len(self.name)))


def is_plain(table: Table) -> bool:
    """Whether it is a table of texts under a head, and not a grid of bars and the like."""
    return table.show_header and all(isinstance(cell, str | Text) for column in table.columns for cell in column.cells)


def table_lines(table: Table, width: int | None) -> Iterator[Text]:
    """The title, the head, a line for each row, and which columns are left out. `width` in cells; None is no limit."""
    columns = [_laid(column, last=column is table.columns[-1]) for column in table.columns]
    shown, widths = _fitted(columns, width)
    if table.title:
        yield Text(str(table.title), style="italic")
    yield _line([Text(column.name, style="bold") for column in shown], widths)
    for row in zip(*(column.cells for column in shown), strict=True):
        yield _line(row, widths)
    if left_out := [column.name for column in columns if column not in shown and any(map(len, column.cells))]:
        yield Text(
            f"not shown in {width} columns: {', '.join(left_out)}; a wider terminal, a pipe or --json shows them", "dim"
        )


def printable(text: str) -> str:
    """Without characters that steer a terminal: data may hold them. Line breaks and tabs stay; the length is the same."""
    return CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


def _laid(column: Column, *, last: bool) -> _Laid:
    name = str(column.header)
    cells = [_one_line(cell) for cell in column.cells if isinstance(cell, str | Text)]
    natural = max((cell.cell_len for cell in (Text(name), *cells)), default=0)
    whole = column.no_wrap or any(IDENTIFIER.match(cell.plain) for cell in cells)
    return _Laid(name, cells, natural, whole, prose=last and column.overflow == "fold")


def _one_line(cell: str | Text) -> Text:
    style = "" if isinstance(cell, str) else cell.style
    plain = cell if isinstance(cell, str) else cell.plain
    return Text(printable(LINE_BREAKS.sub(" ", plain.strip())), style=style)


def _fitted(columns: Sequence[_Laid], width: int | None) -> tuple[Sequence[_Laid], Sequence[int]]:
    """The columns that are shown, and the width of each."""
    if width is None or _total([column.natural for column in columns]) <= width:
        return columns, [column.natural for column in columns]
    shown = list(columns)
    while _total([column.least for column in shown]) > width:
        droppable = [column for column in shown if not column.whole and not column.prose]
        if not droppable:
            break
        shown.remove(droppable[-1])
    widths = [column.least for column in shown]
    for index, column in enumerate(shown):
        widths[index] += max(0, min(column.natural - widths[index], width - _total(widths)))
    if shown and shown[-1].prose:
        widths[-1] = shown[-1].natural
    return shown, widths


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * max(0, len(widths) - 1)


def _line(cells: Sequence[Text], widths: Sequence[int]) -> Text:
    line = Text()
    for cell, width in zip(cells, widths, strict=True):
        fits = cell.cell_len <= width
        text = cell.plain if fits else _cut(cell.plain, width)
        line.append(text, cell.style).append(" " * (width - cell_len(text) + GAP))
    line.rstrip()
    return line


def _cut(text: str, width: int) -> str:
    """At most so wide, with a mark at its end; half an identifier would pass for one, so it is left out."""
    kept = set_cell_size(text, width - 1).rstrip() if width > 0 else ""
    half = next((found for found in IDENTIFIER.finditer(text) if found.start() < len(kept) < found.end()), None)
    return (kept if half is None else kept[: half.start()]) + "…" * (width > 0)
