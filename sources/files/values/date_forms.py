"""Dates in words and figures, each form by a pattern of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from sources.files.values.unreadable import Ambiguous, Unreadable, shown
from sources.files.values.words import MONTHS, ZONES

_MONTH = r"(?P<month>[^\W\d_]{3,})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.|º|ª)?"
_YEAR = r"(?P<year>\d{4})(?: ?\u0433\.?)?"  # Russian ends a date with the letter of "year"
_TIME = (
    r"(?:(?:T|,? (?:at |um |à )?)(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?(?: ?(?P<half>[ap])\.?m\.?)?)?"
)
_OFFSET = r"(?:UTC|GMT)?[+-]\d{2}:?\d{2}|[+-]\d{2}"
_ZONE = rf"(?: ?(?P<zone>{_OFFSET}|{'|'.join(ZONES)}))?(?: ?(?:\[[\w/+-]+\]|\([\w ,/+:-]+\)))?"
_WEEKDAY = r"(?:[^\W\d_]{2,}\.?,? )?"
_BEFORE = r"(?:(?:(?:reviewed|posted|published|written|submitted|dined|visited|stayed)(?: in .{1,40})?(?: on)?|on|date of experience):? )?"

_FORMS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_YEAR}(?P<sign>[-/.])(?P<at>\d{{1,2}})(?P=sign)(?P<day>\d{{1,2}}){_TIME}{_ZONE}",
        rf"{_BEFORE}{_WEEKDAY}{_DAY}[ -](?:de |of )?{_MONTH},?[ -](?:de )?{_YEAR}{_TIME}{_ZONE}",
        rf"{_BEFORE}{_WEEKDAY}{_MONTH} {_DAY},? {_YEAR}{_TIME}{_ZONE}",
        rf"{_YEAR}[ -]{_MONTH}[ -]{_DAY}{_TIME}{_ZONE}",
        rf"{_WEEKDAY}{_MONTH} {_DAY}{_TIME}{_ZONE} {_YEAR}",
    )
]
_FIGURES = re.compile(rf"(?P<one>\d{{1,2}})(?P<sign>[-/.])(?P<other>\d{{1,2}})(?P=sign){_YEAR}{_TIME}{_ZONE}", re.IGNORECASE)  # fmt: skip
_CJK = re.compile(r"(\d{4})(?:[年년] ?|\. )(\d{1,2})(?:[月월] ?|\. )(\d{1,2})(?:[日일]|\.?(?=\s|\Z))")
_SPACED = re.compile(r"^(\d{1,2})\. (\d{1,2})\. (?=\d{4})")
_WITH_ZONE_ALONE = re.compile(r"Z|[+-]\d{2}:\d{2}", re.IGNORECASE)


def written_date(text: str) -> str | None:
    """ISO 8601 of a date that is written out, without an offset where it names none; None for another form.

    Raises Unreadable for figures that may mean two days, and for what the calendar or clock does not have.
    """
    for found, month, day in _readings(_SPACED.sub(r"\1.\2.", _CJK.sub(r"\1-\2-\3", text))):
        parts = found.groupdict()
        if parts["hour"] is None:
            return _date_alone(parts, month, day, text)
        return _moment(parts, month, day, text).isoformat()
    return None


class Figures(NamedTuple):
    """The two numbers before the year, day and month in either order, and what stands between them."""

    first: int
    second: int
    sign: str


def figures(text: str) -> Figures | None:
    """Those of a date such as 03/04/2015; None for another form."""
    found = _FIGURES.fullmatch(" ".join(text.split()))
    return Figures(int(found["one"]), int(found["other"]), found["sign"]) if found else None


def _readings(text: str) -> Iterator[tuple[re.Match[str], int, int]]:
    for form in _FORMS:
        found = form.fullmatch(text)
        if found is None:
            continue
        parts = found.groupdict()
        month = int(parts["at"]) if "at" in parts else MONTHS.get(parts["month"].casefold())
        if month is not None:
            yield found, month, int(parts["day"])
    if found := _FIGURES.fullmatch(text):
        yield found, *_month_and_day(int(found["one"]), int(found["other"]), found["sign"], text)


def _month_and_day(one: int, other: int, sign: str, text: str) -> tuple[int, int]:
    """With points the day is first wherever dates are written so; with strokes it depends on the country."""
    if sign == "." or one > 12 or one == other:
        return other, one
    if other > 12:
        return one, other
    raise Ambiguous(
        f"{shown(text)} may be in month {one} or {other}; name the form with --date-format, %d{sign}%m{sign}%Y or %m{sign}%d{sign}%Y",
        reason="no_date",
    )


def _date_alone(parts: Mapping[str, str | None], month: int, day: int, text: str) -> str | None:
    zone = parts["zone"]
    if zone is not None and _WITH_ZONE_ALONE.fullmatch(zone) is None:
        return None
    return _checked(int(str(parts["year"])), month, day, text).date().isoformat()


def _moment(parts: Mapping[str, str | None], month: int, day: int, text: str) -> datetime:
    hour = int(parts["hour"] or 0)
    if parts["half"] and hour <= 12:  # some write 22:11 PM
        hour = hour % 12 + (12 if parts["half"].casefold() == "p" else 0)
    fraction = int((parts["fraction"] or "0")[:6].ljust(6, "0"))
    moment = _checked(int(str(parts["year"])), month, day, text, hour, int(parts["minute"] or 0), int(parts["second"] or 0), fraction)  # fmt: skip
    return moment.replace(tzinfo=_offset(parts["zone"], text)) if parts["zone"] else moment


def _checked(
    year: int, month: int, day: int, text: str, hour: int = 0, minute: int = 0, second: int = 0, fraction: int = 0
) -> datetime:
    try:
        return datetime(year, month, day, hour, minute, second, fraction)  # noqa: DTZ001 -- the zone comes later
    except ValueError:
        raise Unreadable(f"{shown(text)} is no day of the calendar or no time of the clock", reason="no_date") from None


def _offset(zone: str, text: str) -> timezone:
    named = ZONES.get(zone.casefold())
    if named is not None:
        return timezone(timedelta(hours=named))
    figures = re.sub(r"[^\d+-]", "", zone)
    hours, minutes = int(figures[1:3]), int(figures[3:5] or 0)
    if hours > 23 or minutes > 59:
        raise Unreadable(f"{shown(text)} has an offset that no zone has", reason="no_date")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if figures[0] == "-" else offset)
