"""Excel workbooks (.xlsx), row by row. Held in memory: one row, and the workbook's table of texts, which has a limit."""

from __future__ import annotations

import json
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from itertools import chain, islice
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from schemas.errors import InvalidInput
from sources.files.compression import DAMAGE
from sources.files.dialect import is_header_below
from sources.files.notes import ABOVE, Notes
from sources.files.rows import Row
from sources.files.widths import named

_TEXTS = "xl/sharedStrings.xml"
_MOST_TEXT_BYTES = 256_000_000
_BROKEN = (*DAMAGE, ParseError, KeyError, ValueError, TypeError, IndexError, AttributeError)
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})
_LOOKED_AT = 20
Cells = tuple[object, ...]


def workbook_rows(file: IO[bytes], sheet: str | None, notes: Notes) -> Iterator[Row]:
    """The rows of a sheet, the first if none is named, by their numbers in it. Raises InvalidInput before the first row."""
    worksheet = _worksheet(_opened(file), sheet, notes)
    numbered = enumerate((tuple(map(_plain, cells)) for cells in worksheet.iter_rows(values_only=True)), start=1)
    last = 0
    try:
        first = list(islice(((at, cells) for at, cells in numbered if any(map(_holds, cells))), _LOOKED_AT))
        if not first:
            return
        above = is_header_below([["" if cell is None else str(cell) for cell in cells] for _, cells in first])
        notes.count(ABOVE, first[above][0] - 1 if above else 0)
        columns, twice = named(_texts(first[above][1]))
        if twice:
            yield Row(
                first[above][0], 0, None, b"", f"no row can be read without a header: row {first[above][0]} {twice}"
            )
            return
        for last, cells in chain(first[above + 1 :], numbered):
            if any(map(_holds, cells)):
                yield _row(last, cells, columns)
    except _BROKEN as error:
        yield Row(
            last + 1, 0, None, b"", f"the workbook is damaged after row {last} ({type(error).__name__}); save it again"
        )


def _opened(file: IO[bytes]) -> Any:
    try:
        size = {one.filename: one.file_size for one in zipfile.ZipFile(file).infolist()}.get(_TEXTS, 0)
        if size > _MOST_TEXT_BYTES:
            raise InvalidInput(
                f"the workbook holds {size >> 20} MB of texts, more than {_MOST_TEXT_BYTES >> 20}; save the sheet as CSV (UTF-8)",
                field="path",
                reason="too_long",
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions, which no review has
            from openpyxl import load_workbook  # it loads numpy: half of the time of commands that read no workbook

            return load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except _BROKEN as error:
        raise InvalidInput(
            f"the workbook cannot be read ({type(error).__name__}); save it again as .xlsx",
            field="path",
            reason="unreadable",
        ) from None


def _worksheet(book: Any, sheet: str | None, notes: Notes) -> Any:
    sheets = {one.title: one for one in book.worksheets}
    if sheet is None:
        visible = [one for one in book.worksheets if one.sheet_state == "visible"] or book.worksheets
        if len(sheets) > 1 and visible:
            notes.say(f"of {len(sheets)} sheets the first is read, {visible[0].title!r}; --sheet names another")
        sheet = visible[0].title if visible else ""
    if sheet not in sheets:
        raise InvalidInput(
            f"there is no sheet {sheet!r}; there are {', '.join(sheets) or 'none'}", field="sheet", reason="unknown"
        )
    sheets[sheet].reset_dimensions()  # some programs write wrong ones
    return sheets[sheet]


def _row(number: int, cells: Cells, columns: Sequence[str]) -> Row:
    if any(map(_holds, cells[len(columns) :])):
        raw = json.dumps(cells, ensure_ascii=False, default=str).encode()
        return Row(number, 0, None, raw, f"row {number} has a cell in a column without a name; name it in the header")
    filled = [*cells[: len(columns)], *[None] * (len(columns) - len(cells))]
    return Row(number, 0, dict(zip(columns, filled, strict=True)), b"", None)


def _plain(cell: object) -> object:
    if isinstance(cell, str) and cell in _ERRORS:
        return None
    if isinstance(cell, datetime):
        return cell.date() if cell.time() == time() else cell
    return cell


def _holds(cell: object) -> bool:
    return cell is not None and bool(str(cell).strip())


def _texts(cells: Cells) -> list[str]:
    last = max((at for at, cell in enumerate(cells, start=1) if _holds(cell)), default=0)
    return ["" if cell is None else str(cell) for cell in cells[:last]]
