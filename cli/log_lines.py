"""Log lines for people, and as they stand in the files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any

import click

from cli.common import err
from operations.logs.files import LogLine

HEAD = {"timestamp", "level", "process", "event"}
NO_TIME = " " * len("2026-09-01 12:00:00.000")


def plain(line: LogLine) -> str:
    """Time (UTC), level, log, event and what belongs to it, in one line."""
    when = f"{line.at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"[:-3] if line.at else NO_TIME
    if line.fields is None:
        return f"{when}         {line.name:<10} {line.text}"
    level, event = (str(line.fields.get(key, "")) for key in ("level", "event"))
    rest = " ".join(f"{key}={_value(value)}" for key, value in line.fields.items() if key not in HEAD)
    return f"{when} {level:<7} {line.name:<10} {event} {rest}".rstrip()


def raw(line: LogLine) -> str:
    """The line as it stands in the file; plain text as a JSON object, so that every line is one."""
    if line.fields is not None:
        return line.text
    at = line.at.isoformat() if line.at else None
    return json.dumps({"timestamp": at, "process": line.name, "plain": line.text}, ensure_ascii=False)


def show(line: LogLine, *, as_json: bool) -> None:
    """Print one line."""
    click.echo(raw(line) if as_json else plain(line))


def say_untimed(counts: Mapping[str, int]) -> None:
    """Print on stderr what could not be put in order."""
    if counts:
        those = ", ".join(f"{count} of {name}" for name, count in sorted(counts.items()))
        err.print(
            f"left out, since they carry no time of ours: {those}; `reviewstream logs NAME` without --since shows them",
            soft_wrap=True,
        )


def _value(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
