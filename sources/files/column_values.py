"""What the values of a column say against its holding a field."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from sources.files.field_values import is_shortened
from sources.files.paths import value_at
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


def misfit(
    target: str, column: str, sample: Sequence[Record], *, others: bool, named: Mapping[str, Sequence[str]]
) -> str:
    """Why the column does not hold the field, or "". `others`: another column has a name that means it."""
    values = [value for record in sample if not is_absent(target, value := value_at(record, column))]
    if not values or "+" in column:
        return ""
    test, says = _TESTS.get(target, (None, ""))
    if test is not None and sum(map(test, values)) * 2 < len(values):
        return says
    if target == "content" and others and len(values) > 1 and len(set(map(str, values))) == 1:
        return "holds the same in all rows"
    if target == "title":
        return _of_a_place(column, values, sample)
    if target == "external_id" and column.casefold() in {"id", "uuid"} and not any(map(is_shortened, values)):
        return _of_a_product(column, sample, named)
    return ""


def _of_a_place(column: str, values: Sequence[object], sample: Sequence[Record]) -> str:
    distinct = len(set(map(str, values)))
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


def _is_date(value: object) -> bool:
    try:
        DateReader().read(value)
    except Ambiguous:
        return True
    except Unreadable:
        return False
    return True


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
    "published_at": (_is_date, "holds no dates"),
    "rating": (_is_rating, "holds no ratings"),
    "content": (_is_text, "holds no text"),
    "author_name": (_is_name, "holds no names"),
    "title": (_is_text, "holds no text"),
    "language": (lambda value: len(str(value)) <= 40, "holds no languages"),
}
