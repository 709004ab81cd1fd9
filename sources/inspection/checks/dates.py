"""Dates that may mean two days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from sources.files.values.date_forms import figures
from sources.files.values.unreadable import Ambiguous, Unreadable
from sources.inspection.findings import Finding
from sources.inspection.looked import Looked

_MANY = 0.2
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def check(looked: Looked) -> Iterator[Finding]:
    """How many dates are ambiguous, and which form the others of the column suggest."""
    if "published_at" not in looked.columns:
        return
    reader, column = looked.mapping.reader, looked.columns["published_at"]
    held = [value for record in looked.sample.records if (value := reader.value(record, "published_at", column))]
    yield from _zero(looked, column)
    ambiguous = 0
    for value in held:
        try:
            reader.judge.dates.read(value)
        except Ambiguous:
            ambiguous += 1
        except Unreadable:
            continue
    if ambiguous > len(held) * _MANY:
        yield Finding(
            "published_at",
            f"{column}: {ambiguous} of {len(held)} dates may be in either of two months; name their form, {_form(held)}",
            refuses=True,
        )


def _zero(looked: Looked, column: str) -> Iterator[Finding]:
    zero = sum(draft.published_at == _EPOCH for draft in looked.drafts)
    if zero:
        yield Finding(
            "published_at",
            f"{column}: {zero} rows are of 1970-01-01, which programs write for a date that they do not have",
        )


def _form(held: list[object]) -> str:
    parts = [one for value in held if (one := figures(str(value)))]
    sign = Counter(one.sign for one in parts).most_common(1)[0][0] if parts else "/"
    day_first, month_first = f"--date-format %d{sign}%m{sign}%Y", f"--date-format %m{sign}%d{sign}%Y"
    first, second = sum(one.first > 12 for one in parts), sum(one.second > 12 for one in parts)
    if first and not second:
        return f"by the other dates it is {day_first}{_rest(held)}"
    if second and not first:
        return f"by the other dates it is {month_first}{_rest(held)}"
    return f"{day_first} or {month_first}{_rest(held)}"


def _rest(held: list[object]) -> str:
    return " and the time behind it, as in %H:%M" if any(":" in str(value) for value in held) else ""
