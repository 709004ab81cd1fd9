"""The value of one field of a review, from what a file's column holds: pure, and refusing what it cannot read."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sources.files.values.dates import DateReader
from sources.files.values.ratings import read_number, read_rating
from sources.files.values.unreadable import Unreadable, shown

Found = dict[str, object]
_LOST_DIGITS = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d{2}")
_MOST_DIGITS_OF_EXCEL = 15
TEXTS = frozenset({"title", "content", "author_name", "platform", "language", "url"})
"""Fields in which a text stays as it is."""


def put(found: Found, target: str, value: object, dates: DateReader) -> None:
    """Set a field as the contract has it; "4/5" sets the best rating, too. Raises Unreadable and leaves the value as it is."""
    found[target] = value
    if target == "rating":
        _put_rating(found, value)
    elif target in {"best_rating", "worst_rating"}:
        found[target] = read_number(value)
    elif target == "published_at":
        found[target] = dates.read(value)
    elif target in {"external_id", "author_id"}:
        found[target] = _identifier(value)
    elif isinstance(value, list) and all(isinstance(one, str) for one in value):
        found[target] = ("\n" if target == "content" else ", ").join(value)
    elif target in TEXTS and isinstance(value, (int, float)):
        found[target] = str(value).lower() if isinstance(value, bool) else str(value)


def named_value(value: object, values: Mapping[str, str]) -> str:
    """What a value means by a table of names, in any case. Raises Unreadable naming those that there are.

    In the table "*" is any other value, and what "*" means is the value as it is.
    """
    meaning = values.get(str(value).strip().casefold(), values.get("*"))
    if meaning is not None:
        return str(value) if meaning == "*" else meaning
    known = ", ".join(sorted(values)[:10])
    raise Unreadable(f"{shown(value)} is none of the values given by --values: {known}", reason="format")


def _put_rating(found: Found, value: object) -> None:
    rating = read_rating(value)
    if rating is None:
        del found["rating"]
        return
    found["rating"] = rating.value
    if rating.best is not None:
        found.setdefault("best_rating", rating.best)
    if rating.worst is not None:
        found.setdefault("worst_rating", rating.worst)


def is_shortened(value: object) -> bool:
    """Whether a spreadsheet made the number of an id shorter, so that several ids became one. It keeps fifteen digits."""
    if isinstance(value, float):
        return abs(value) >= float(10**_MOST_DIGITS_OF_EXCEL)
    return isinstance(value, str) and "+" in value and _LOST_DIGITS.fullmatch(value.strip()) is not None


def _identifier(value: object) -> object:
    if is_shortened(value):
        raise Unreadable(
            "is a number that a spreadsheet shortened, and no longer one review's; export the column as text",
            reason="format",
        )
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
