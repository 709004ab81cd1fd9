"""Log files of a data directory: which there are, and their lines in order, the rotated ones first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schemas.errors import InvalidInput, Unavailable

LOG = re.compile(r"(?P<name>.+?)\.log(?:\.(?P<generation>\d+))?")


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the log `name`. `fields` is its JSON object; None for plain text, as servers and tracebacks have it.

    `at` (UTC) is its own time or, where it has none, that of the line before it; None before the first time in a log.
    """

    name: str
    text: str
    at: datetime | None
    fields: Mapping[str, Any] | None


def names(directory: Path) -> list[str]:
    """Every log there, by name."""
    found = (LOG.fullmatch(path.name) for path in directory.iterdir()) if directory.is_dir() else ()
    return sorted({match["name"] for match in found if match})


def chosen(directory: Path, wanted: Sequence[str]) -> list[str]:
    """The logs of those names, or all.

    Raises InvalidInput for an unknown one, with those that exist; Unavailable where there are none at all.
    """
    known = names(directory)
    if not known and not wanted:
        raise Unavailable(
            f"there are no logs in {directory}: the embedded stack writes them there; name its --data-dir. What runs elsewhere "
            "logs on its standard error"
        )
    if unknown := [name for name in wanted if name not in known]:
        there = f"there are {', '.join(known)}" if known else "there are none yet"
        raise InvalidInput(f"no log in {directory} is called {', '.join(unknown)}; {there}", field="worker")
    return [name for name in known if name in wanted] if wanted else known


def generations(directory: Path, name: str) -> list[Path]:
    """The files of one log, oldest first: NAME.log.2, NAME.log.1, NAME.log."""
    found = ((LOG.fullmatch(path.name), path) for path in directory.iterdir())
    numbered = [(int(match["generation"] or 0), path) for match, path in found if match and match["name"] == name]
    return [path for _, path in sorted(numbered, reverse=True)]


def read(directory: Path, name: str, until: int | None = None) -> Iterator[LogLine]:
    """All lines of one log; of its present file up to byte `until`. A file that is rotated meanwhile is read as opened."""
    current = directory / f"{name}.log"
    every = generations(directory, name)
    yield from parse(name, (line for path in every for line in _lines(path, until if path == current else None)))


def _lines(path: Path, until: int | None) -> Iterator[str]:
    end = 0
    try:
        with path.open("rb") as file:
            for line in file:
                end += len(line)
                if until is not None and end > until:
                    return
                yield line.decode(errors="replace")
    except FileNotFoundError:  # rotated away after it was listed; what it held is in the file before
        return


def parse(name: str, lines: Iterable[str], at: datetime | None = None) -> Iterator[LogLine]:
    """Lines of one log, with their times; `at` is the time of the line before them. Empty ones are left out."""
    for line in lines:
        text = line.rstrip("\r\n")
        if text:
            fields = _object(text)
            at = _time(fields) or at
            yield LogLine(name, text, at, fields)


def _object(text: str) -> Mapping[str, Any] | None:
    if not text.startswith("{"):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _time(fields: Mapping[str, Any] | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(fields["timestamp"])) if fields else None
    except (KeyError, ValueError):
        return None
    return at if at is None or at.tzinfo else at.replace(tzinfo=UTC)
