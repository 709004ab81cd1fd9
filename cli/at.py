"""`--at`: a moment in the past, as a position in the event log or as a time."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time

import click

MOMENT_HELP = (
    "a position of the event log, or a time in ISO 8601: UTC where it names no zone, the end of the day where it is a "
    "date alone"
)

UNKNOWN = (
    "{!r} is neither a position of the event log (digits) nor a time such as 2026-09-01T12:30:00, "
    "2026-09-01T14:30:00+02:00 or 2026-09-01 (the end of that day, UTC)"
)


class Moment(click.ParamType):
    """Converts to a position (int) or a time (aware datetime)."""

    name = "position|time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int | datetime:
        """Digits only are a position."""
        if isinstance(value, int | datetime):
            return value
        text = str(value).strip()
        try:
            return int(text) if text.isascii() and text.isdigit() else _time(text)
        except ValueError:  # int() raises it too, for thousands of digits
            raise click.BadParameter(UNKNOWN.format(text[:50]), ctx, param) from None


def _time(text: str) -> datetime:
    with suppress(ValueError):
        return datetime.combine(date.fromisoformat(text), time.max, UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
