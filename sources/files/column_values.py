"""What the values of a column say against its holding a field."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sources.files.field_values import is_shortened
from sources.files.paths import parts_of, value_at
from sources.files.values.absent import is_absent
from sources.files.values.dates import DateReader
from sources.files.values.ratings import read_rating
from sources.files.values.unreadable import Ambiguous, Unreadable

Record = Mapping[str, object]
_MIME = re.compile(r"[a-z]+/[a-z0-9.+-]+")
_ADDRESS = re.compile(r"https?://\S+")
_PATH = re.compile(r"[^\s/]+(?:/[^\s/]+){2,}")
_FLAGS = frozenset({"true", "false", "yes", "no", "0", "1"})
_MANY_TITLES = 0.2  # distinct ones among all; a place's are fewer
_PRODUCTS = 0.2  # of rows whose id other authors or dates have, too


@dataclass(frozen=True, slots=True)
class Judge:
    """How values are read: dates in a given form, and not at all those of fields whose values have given meanings."""

    dates: DateReader = field(default_factory=DateReader)
    unjudged: frozenset[str] = frozenset()

    def misfit(self, target: str, column: str, sample: Sequence[Record], named: Mapping[str, Sequence[str]]) -> str:
        """Why the column does not hold the field, or "". `named`: for each field, the columns whose names mean it."""
        values = _values(target, column, sample)
        others = [one for one in named[target] if one != column]
        if not values:
            return "is empty" if any(_values(target, one, sample) for one in others) else ""
        if "+" in column or target in self.unjudged:
            return ""
        test, says = _TESTS.get(target, (None, ""))
        if target == "published_at":
            test, says = self._is_date, "holds no dates"
        if test is not None and sum(map(test, values)) * 2 < len(values):
            return says
        return _of_something_else(target, column, sample, named)

    def _is_date(self, value: object) -> bool:
        try:
            self.dates.read(value)
        except Ambiguous:
            return True
        except Unreadable:
            return False
        return True


def _values(target: str, column: str, sample: Sequence[Record]) -> list[object]:
    held = (value_at(record, part) for record in sample for part in parts_of(record, column))
    return [value for value in held if not is_absent(target, value)]


def _distinct(values: Sequence[object]) -> int:
    return len(set(map(str, values)))


def _are_texts(values: Sequence[object]) -> bool:
    return sum(map(_is_text, values)) * 2 >= len(values)


def _of_something_else(target: str, column: str, sample: Sequence[Record], named: Mapping[str, Sequence[str]]) -> str:
    values = _values(target, column, sample)
    if target == "content" and len(values) > 1 and _distinct(values) == 1:
        others = [_values(target, one, sample) for one in named[target] if one != column]
        return (
            "holds the same in all rows" if any(_distinct(texts) > 1 and _are_texts(texts) for texts in others) else ""
        )
    if target == "title":
        return _of_a_place(column, values, sample)
    if target == "external_id" and column.casefold() in {"id", "uuid"} and not any(map(is_shortened, values)):
        return _of_a_product(column, sample, named)
    return ""


def _of_a_place(column: str, values: Sequence[object], sample: Sequence[Record]) -> str:
    distinct = _distinct(values)
    few = 2 if any("stars" in record for record in sample) else 3
    same = distinct == 1 if len(values) < 10 else distinct <= len(values) * _MANY_TITLES
    repeated = len(values) >= few and same and column.casefold() in {"title", "name"}
    return "holds the same in many rows: a place or a product" if repeated else ""


def _of_a_product(column: str, sample: Sequence[Record], named: Mapping[str, Sequence[str]]) -> str:
    """An edit of a review repeats its id, too, but neither author nor date are another person's."""
    telling = [*named["author_name"], *named["author_id"]] or [*named["published_at"]]
    rows: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for record in sample:
        rows[str(value_at(record, column))].append(tuple(str(value_at(record, one)) for one in telling))
    shared = sum(len(whose) for whose in rows.values() if len(set(whose)) > 1)
    return "repeats with other authors or dates: a product's" if telling and shared > len(sample) * _PRODUCTS else ""


def _is_rating(value: object) -> bool:
    try:
        return read_rating(value) is not None
    except Unreadable:
        return False


def _is_text(value: object) -> bool:
    if not isinstance(value, str):
        return False
    text = value.strip()
    return not (_MIME.fullmatch(text) or _ADDRESS.fullmatch(text) or text.casefold() in _FLAGS or text.isdigit())


def _is_name(value: object) -> bool:
    return not isinstance(value, (bool, dict)) and not _PATH.fullmatch(str(value)) and not _ADDRESS.match(str(value))


_TESTS: dict[str, tuple[Callable[[object], bool], str]] = {
    "rating": (_is_rating, "holds no ratings"),
    "content": (_is_text, "holds no text"),
    "author_name": (_is_name, "holds no names"),
    "title": (_is_text, "holds no text"),
    "language": (lambda value: len(str(value)) <= 40, "holds no languages"),
}
