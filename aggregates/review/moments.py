"""ISO 8601 as the contract of inbound reviews has it: a date, or a date and time after "T" or a blank."""

from __future__ import annotations

import re
from datetime import datetime

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{4}-W\d{2}(?:-\d)?|\d{8}|\d{4}W\d{2}\d?")
_USUAL = re.compile(r"\d{4}-\d{2}-\d{2}(?:[Tt ]|\Z)")  # with which what follows finds nothing wrong
_ZONE = re.compile(r"[Zz]|[+-]\d{2}:\d{2}")


def iso_moment(text: str) -> datetime:
    """The moment, naive where the text names no zone. Raises ValueError.

    A date with a zone is that date: XML Schema writes 2026-03-29+02:00. Python takes any sign between date and time, so
    that it would read two o'clock there, and ten o'clock in 2026-03-29-10.
    """
    if _USUAL.match(text):
        return datetime.fromisoformat(text)
    date = _DATE.match(text)
    if date is None:
        raise ValueError("no date at the beginning")
    rest = text[date.end() :]
    if _ZONE.fullmatch(rest):
        return datetime.fromisoformat(date.group())
    if rest and rest[0] not in "Tt ":
        raise ValueError("something else than a time after the date")
    return datetime.fromisoformat(text)
