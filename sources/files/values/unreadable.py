"""A value that its field cannot hold, and how much of it an error may repeat."""

from __future__ import annotations

import re

from aggregates.review.field_names import WORDS
from sources.files.values.words import MONTHS, NUMBERS, UNITS

_WORD = re.compile(r"[^\W\d_]+")
_NO_WORDS = re.compile(r"[\W\d_]*")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_LONG_RUN = re.compile(r"\d{5}")
_OF_DATES = "ago am an and bst day days der gmt hour hours la le months pm the utc week weeks year years yes no"
_COMMON = frozenset(_OF_DATES.split())
_LONGEST = 40
_MOST_DIGITS = 6  # more may be a telephone number, unless they are a date's


class Unreadable(ValueError):
    """Why a value is refused, beginning with its spelling; `reason` is the stable word."""

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class Ambiguous(Unreadable):
    """It may mean two things."""


def shown(value: object) -> str:
    """The spelling in quotes where it cannot be personal data, else what it is. Never more than _LONGEST characters."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "a list"
    text = " ".join(str(value).split())
    return repr(text) if _harmless(text) else f"a text of {len(text)} characters"


def _harmless(text: str) -> bool:
    if len(text) > _LONGEST or "@" in text or not text.isprintable():
        return False
    digits = sum(map(str.isdigit, text))
    if digits > _MOST_DIGITS and (_YEAR.search(text) is None or _LONG_RUN.search(text)):
        return False
    words = (word.casefold() for word in _WORD.findall(text))
    return all(len(word) == 1 or word in _KNOWN for word in words)


_KNOWN = WORDS | _COMMON | MONTHS.keys() | NUMBERS.keys() | UNITS
