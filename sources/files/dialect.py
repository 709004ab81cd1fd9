"""How a delimited file is written: its delimiter, its escapes and where its header is, by its first lines."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sources.files.column_names import known

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
_SEPARATOR = re.compile(r'\ufeff?"?sep=(.)"?\r?', re.IGNORECASE)
_ESCAPED_NULL = re.compile(r"(?:^|(?<=[,;\t|]))\\N(?=[,;\t|\r\n]|$)")
_PAIR = re.compile(r"\\.", re.DOTALL)
_CONTROLS = {
    r"\n": "\\\n",
    r"\t": "\\\t",
    r"\r": "\\\r",
}  # as PostgreSQL's COPY writes them; MySQL escapes the character itself
_NUMBER = re.compile(r"[\d.,:/+-]+")
_MOST_ROWS = 200
_MOST_ABOVE = 20
_SURE_HEADER = 2  # names of fields in it


@dataclass(frozen=True, slots=True)
class Dialect:
    """`above`: physical lines above the header. `backslash`: a backslash escapes, as MySQL writes it."""

    delimiter: str = ","
    backslash: bool = False
    above: int = 0

    def parser(self, lines: Iterable[str], *, strict: bool = True) -> Iterator[list[str]]:
        """The rows that these lines hold."""
        if not self.backslash:
            return csv.reader(lines, delimiter=self.delimiter, strict=strict)
        return csv.reader(map(_for_csv, lines), delimiter=self.delimiter, escapechar="\\", strict=strict)


def _for_csv(line: str) -> str:
    """Escapes as csv reads them: it takes whatever comes after a backslash as it is, N of null and n of newline too."""
    if "\\" not in line:
        return line
    return _PAIR.sub(lambda pair: _CONTROLS.get(pair[0], pair[0]), _ESCAPED_NULL.sub(r"\\\\N", line))


def recognised(head: str, *, delimiter: str | None = None, backslash: bool | None = None, hint: str = ",") -> Dialect:
    """The dialect of a file that begins with `head`, whole lines; what is given is not guessed. `hint` wins a tie."""
    lines = head.split("\n")
    stated = _SEPARATOR.fullmatch(lines[0]) if lines else None
    if stated is not None:
        found = _at_header(Dialect(delimiter or stated[1], above=1), lines)
    elif delimiter is not None:
        found = _at_header(Dialect(delimiter), lines)
    else:
        others = [one for one in DELIMITERS.values() if one != hint]
        found = max((_at_header(Dialect(one), lines) for one in (hint, *others)), key=lambda one: _score(one, lines))
    return replace(found, backslash=_escapes(found, lines) if backslash is None else backslash)


def _at_header(dialect: Dialect, lines: list[str]) -> Dialect:
    """With the lines above the header, where titles stand there for certain."""
    rows = list(_numbered(dialect, lines))[:_MOST_ABOVE]
    at = is_header_below([cells for _, cells in rows])
    return replace(dialect, above=rows[at][0]) if at else dialect


def is_header_below(rows: list[list[str]]) -> int:
    """How many of these first rows of a table are titles above its header; 0 where that is not certain."""
    if not rows or any(known(cell) for cell in rows[0]):
        return 0
    for at, cells in enumerate(rows[:_MOST_ABOVE]):
        if at and _is_sure_header(cells) and all(_filled(above) < _filled(cells) for above in rows[:at]):
            return at
    return 0


def _is_sure_header(cells: list[str]) -> bool:
    names = [cell.strip() for cell in cells if cell.strip()]
    distinct = len(set(names)) == len(names)
    return distinct and sum(map(known, names)) >= _SURE_HEADER and not any(map(_NUMBER.fullmatch, names))


def _filled(cells: list[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def _score(dialect: Dialect, lines: list[str]) -> tuple[bool, float, int]:
    """Whether the header has more than one column, how many rows agree with it, and how many names it has."""
    rows = [cells for _, cells in _numbered(dialect, lines)]
    if not rows or len(rows[0]) < 2:
        return False, 0.0, 0
    width = len(rows[0])
    agreeing = sum(len(cells) == width for cells in rows) / len(rows)
    return True, round(agreeing, 1), sum(map(known, rows[0])) * 1000 + width


def _escapes(dialect: Dialect, lines: list[str]) -> bool:
    """Whether more rows can be read with backslashes as escapes, or one holds what MySQL writes for null."""
    if not any("\\" in line for line in lines):
        return False
    if any(_ESCAPED_NULL.search(line) for line in lines):
        return True
    return _readable(replace(dialect, backslash=True), lines) > _readable(dialect, lines)


def _readable(dialect: Dialect, lines: list[str]) -> int:
    width, good = 0, 0
    for _, cells in _numbered(dialect, lines, strict=True):
        width = width or len(cells)
        good += len(cells) == width
    return good


def _numbered(dialect: Dialect, lines: list[str], *, strict: bool = False) -> Iterator[tuple[int, list[str]]]:
    """The first rows that are not blank, with the number of physical lines before each; ends at what cannot be parsed."""
    taken = dialect.above

    def feed() -> Iterator[str]:
        nonlocal taken
        for line in lines[dialect.above :]:
            taken += 1
            yield line + "\n"

    rows, before, count = dialect.parser(feed(), strict=strict), taken, 0
    try:
        for cells in rows:
            if any(cell.strip() for cell in cells):
                yield before, cells
                count += 1
            before = taken
            if count >= _MOST_ROWS:
                return
    except csv.Error:
        return
