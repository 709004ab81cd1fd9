"""`--since`: a time, or how long ago."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import click

AGO = re.compile(r"(\d{1,6})\s*([smhd])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
SINCE_HELP = "how long ago, such as 30s, 10m, 2h, 1d, or a time in ISO 8601, UTC where it names no zone"


class Since(click.ParamType):
    """Converts to an aware datetime."""

    name = "ago|time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """A number with a unit is so long before now."""
        if isinstance(value, datetime):
            return value
        text = str(value).strip()
        if ago := AGO.fullmatch(text):
            return datetime.now(UTC) - timedelta(**{UNITS[ago[2]]: int(ago[1])})
        try:
            return _time(text)
        except ValueError:
            raise click.BadParameter(f"{text[:50]!r} is neither {SINCE_HELP}", ctx, param) from None


def _time(text: str) -> datetime:
    if len(text) == len("2026-09-01"):
        return datetime.combine(date.fromisoformat(text), time.min, UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
