"""Dates as exports spell them, to ISO 8601. What may mean two days is refused and not guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

from aggregates.review.moments import iso_moment
from schemas.errors import InvalidInput
from sources.files.values.date_forms import written_date
from sources.files.values.unreadable import Unreadable, shown

_BLANKS = re.compile(r"[\s\u200b\u2060\ufeff]+")
_EXACT = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.(?:\d{3}|\d{6}))?)?(?:Z|[+-]\d\d:[0-5]\d)?)?", re.ASCII
)
_DATE_ALONE = len("2026-01-02")
_EPOCHS = {9: 1, 10: 1, 12: 1_000, 13: 1_000, 16: 1_000_000}  # digits: parts of a second; 9 and 12 end in 2001
_DOT_NET = re.compile(r"/?Date\((-?\d+)(?:[+-]\d{4})?\)/?")  # milliseconds, as .NET writes them in JSON
_SHORT_YEAR = re.compile(r"\d{1,2}([-/. ])(?:\d{1,2}|[^\W\d_]{3,})\.?[-/. ]\d{2}(?:\D.*)?")
_NUMERIC = re.compile(r"[+-]?\d+(?:\.\d*)?")
_EXCEL_DAYS = range(20_000, 60_000)  # 1954 to 2064
_TIME_OF_DAY = re.compile(r"%-?[HIpMScXTRs]")
_LATEST_YEAR = 2100


@dataclass(frozen=True, slots=True)
class DateReader:
    """`date_format` is strptime's, for every date; `timezone` is that of times which name none."""

    date_format: str | None = None
    timezone: tzinfo = UTC

    def read(self, value: object) -> str:
        """ISO 8601: a date, or a date and time with its offset. Raises Unreadable."""
        if isinstance(value, str):
            if self.date_format is None and (written := self._exact(value)) is not None:
                return written
            return self._from_text(_BLANKS.sub(" ", value).strip(), value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return _from_number(
                format(value, ".6f").rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
            )
        if isinstance(value, datetime):
            return self._placed(value)
        if isinstance(value, date):
            return value.isoformat()
        raise Unreadable(f"{shown(value)} is no date", reason="no_date")

    def _exact(self, text: str) -> str | None:
        """What reading any form comes to for the usual one, without trying the others; None for every other form."""
        if _EXACT.fullmatch(text) is None:
            return None
        try:
            moment = datetime.fromisoformat(text)
            return text if len(text) == _DATE_ALONE else self._placed(moment)
        except ValueError:  # no day of the calendar: the long way says so
            return None

    def _from_text(self, text: str, given: str) -> str:
        if self.date_format is not None:
            return self._by_format(text, self.date_format)
        if found := _DOT_NET.fullmatch(text):
            return _from_number(found[1])
        if _NUMERIC.fullmatch(text) and not _is_basic_date(text):
            return _from_number(text)
        written = written_date(text)
        if written is not None:
            return written if len(written) == _DATE_ALONE else self._placed(datetime.fromisoformat(written))
        try:
            moment = iso_moment(text)
        except ValueError:
            form = "" if _SHORT_YEAR.fullmatch(text) is None else ", for a year of two digits %y as in %d.%m.%y"
            fix = f"write it as 2026-01-31 (ISO 8601), or name its form with --date-format{form}"
            raise Unreadable(f"{shown(given)} is no date; {fix}", reason="no_date") from None
        return moment.date().isoformat() if _is_date_alone(text) else self._placed(moment)

    def _by_format(self, text: str, form: str) -> str:
        try:
            moment = datetime.strptime(text, form)  # noqa: DTZ007 -- the zone comes below
        except (ValueError, OverflowError):
            raise Unreadable(f"{shown(text)} is not in the form --date-format {form}", reason="no_date") from None
        return self._placed(moment) if _TIME_OF_DAY.search(form) else moment.date().isoformat()

    def _placed(self, moment: datetime) -> str:
        return (moment if moment.tzinfo else moment.replace(tzinfo=self.timezone)).isoformat()


def zone(name: str) -> tzinfo:
    """The time zone of that name. Raises InvalidInput."""
    if name.upper() in {"UTC", "Z", "GMT"}:
        return UTC
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise InvalidInput(
            f"there is no time zone {name!r}; write one like Europe/Berlin", field="timezone", reason="unknown"
        ) from None


def _from_number(text: str) -> str:
    whole = text.partition(".")[0]
    if text.startswith("-"):
        raise Unreadable(f"{shown(text)} lies before 1970; leave it out if it is not known", reason="out_of_range")
    if _is_basic_date(text):
        return iso_moment(text).date().isoformat()
    parts = _EPOCHS.get(len(whole))
    if parts is None:
        if whole.isdigit() and int(whole[:9]) in _EXCEL_DAYS:
            raise Unreadable(
                f"{shown(text)} may be Excel's number of a day; format the column as a date and export it again",
                reason="no_date",
            )
        raise Unreadable(
            f"{shown(text)} is no date; 9 or 10 digits are seconds since 1970, 12 or 13 milliseconds", reason="no_date"
        )
    moment = datetime.fromtimestamp(float(text) / parts, tz=UTC)
    if moment.year >= _LATEST_YEAR:
        raise Unreadable(f"{shown(text)} lies in the year {moment.year}", reason="out_of_range")
    return moment.isoformat()


def _is_basic_date(text: str) -> bool:
    """20260131, which ISO 8601 calls its basic form."""
    if len(text) != len("20260131") or not text.isdigit():
        return False
    try:
        iso_moment(text)
    except ValueError:
        return False
    return True


def _is_date_alone(text: str) -> bool:
    return ":" not in text and not re.search(r"\d[Tt ]\d", text)
