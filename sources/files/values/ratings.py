"""Ratings as exports spell them: "4,5", "4.0 out of 5 stars", "5 of 5 bubbles", "80%", FIVE, ★★★★☆, 5つ星のうち4.0."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import NamedTuple

from sources.files.values.unreadable import Unreadable, shown
from sources.files.values.words import NUMBERS, OUT_OF, UNITS

_NUMBER = "([+-]?(?:\\d+(?:[.,\u066b]\\d*)?|[.,]\\d+)(?:[eE][+-]?\\d{1,3})?)"  # U+066B: the Arabic comma of decimals
_UNIT = r"(?:[\s_-]*(?:" + "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True)) + r")\s*)?\.?"
_LETTER = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_CJK = r"[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uff0c\s,.]"
_BEFORE = r"(?:(?:rated|rating|score|[★⭐])\s*:?\s*)?"
_AFTER = r"(?:\s*rating)?"
_ALONE = re.compile(rf"{_BEFORE}{_NUMBER}{_UNIT}{_AFTER}", re.IGNORECASE)
_OUT_OF = re.compile(rf"{_BEFORE}{_NUMBER}{_UNIT}\s*(?:{OUT_OF})\s*{_NUMBER}{_UNIT}{_AFTER}", re.IGNORECASE)
_EITHER_ORDER = re.compile(
    rf"(?=.*{_LETTER}){_CJK}*{_NUMBER}{_CJK}+{_NUMBER}{_CJK}*|{_NUMBER}{_UNIT}\s*üzerinden\s*{_NUMBER}", re.IGNORECASE
)
_PERCENT = re.compile(rf"{_NUMBER}\s*%")
_WORD = re.compile(rf"(?<![^\W_])(?:{'|'.join(NUMBERS)})(?![^\W_])", re.IGNORECASE)
_HALF = re.compile(r"(?<=\d)\s?½")
_BUBBLES = re.compile(r"(?:[\w-]+ )?bubble_(\d)(\d)")  # a class of TripAdvisor's pages, in tenths
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # full-width signs as those of ASCII
_SIGNS = re.compile("([★⭐🌟✭⭑]*)(½?)([☆✩⚝✰]*)")
_THOUSAND = re.compile(r"\d{1,3},\d{3}")
_UNSPECIFIED = {"star_rating_unspecified", "unspecified", "not rated", "unrated", "no rating"}
_FIX = "send a number, or name values with --values"


class Rating(NamedTuple):
    """A rating, and the scale's ends where its spelling names them."""

    value: float
    best: float | None = None
    worst: float | None = None


def read_rating(value: object) -> Rating | None:
    """The rating that a value spells; None for a word that says there is none. Raises Unreadable."""
    if isinstance(value, str):
        return _spelled(value)
    return Rating(_finite(value))


@lru_cache(maxsize=4096)
def _spelled(value: str) -> Rating | None:
    """That of a text: a file has many rows and few ratings."""
    text = " ".join(value.replace("\ufe0f", "").translate(_WIDE).split()).removesuffix("!")
    return _read(_WORD.sub(lambda word: str(NUMBERS[word[0].casefold()]), _HALF.sub(".5", text)), value)


def read_number(value: object) -> float:
    """An end of the scale. Raises Unreadable."""
    if isinstance(value, str) and (found := _ALONE.fullmatch(value.strip())):
        return _to_number(found[1], value)
    return _finite(value)


def _read(text: str, given: str) -> Rating | None:
    if text.casefold() in _UNSPECIFIED:
        return None
    if (
        found := _ALONE.fullmatch(text)
        or _OUT_OF.fullmatch(text)
        or _PERCENT.fullmatch(text)
        or _EITHER_ORDER.fullmatch(text)
    ):
        return _of_numbers(found, [_to_number(one, given) for one in found.groups() if one])
    if found := _BUBBLES.fullmatch(text):
        return Rating(int(found[1]) + int(found[2]) / 10, best=5.0)
    if text and (found := _SIGNS.fullmatch(text.replace(" ", ""))):
        return _of_signs(*map(len, found.groups()))
    raise Unreadable(f"{shown(given)} is no number; {_FIX}", reason="no_number")


def _of_numbers(found: re.Match[str], numbers: list[float]) -> Rating:
    if found.re is _PERCENT:
        return Rating(numbers[0], best=100.0, worst=0.0)
    if found.re is _EITHER_ORDER:
        return Rating(min(numbers), best=max(numbers))  # Asian languages mostly name the best one first
    return Rating(*numbers)


def _of_signs(full: int, half: int, empty: int) -> Rating:
    return Rating(full + half / 2, best=float(max(full + half + empty, 5)))


def _to_number(text: str, given: object) -> float:
    if _THOUSAND.fullmatch(text):
        raise Unreadable(
            f"{shown(given)} may be a thousand, or a number with three decimals; write it with a point",
            reason="no_number",
        )
    number = float(text.replace(",", ".").replace("\u066b", "."))
    if not math.isfinite(number):
        raise Unreadable(f"{shown(given)} is out of range; {_FIX}", reason="no_number")
    return number


def _finite(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Unreadable(f"{shown(value)} is no number; {_FIX}", reason="no_number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise Unreadable(f"a number out of range; {_FIX}", reason="no_number")
    return number
