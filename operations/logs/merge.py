"""Lines of several logs in the order of their times, of a time or of a review alone."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from operations.logs.files import LogLine, read

NEARBY = 1_000
"""Lines of one log within which processes that share it may write out of order."""
FIRST = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Filter:
    """Which lines are wanted: recorded at `since` or later, and naming one of `ids` (None: any).

    Lines of plain text go with the line before them. `untimed` counts, by log, what has no time and was left out: of servers'
    logs that is every line.
    """

    since: datetime | None = None
    ids: Collection[str] | None = None
    keep_untimed: bool = False
    untimed: Counter[str] = field(default_factory=Counter)

    def wanted(self) -> Callable[[LogLine], bool]:
        """A predicate for the lines of one log, in order."""
        before = self.ids is None

        def check(line: LogLine) -> bool:
            nonlocal before
            if line.at is None:
                return self._without_time(line)
            if line.fields is not None:
                before = self._matches(line)
            return before and (self.since is None or line.at >= self.since)

        return check

    def _without_time(self, line: LogLine) -> bool:
        if self.keep_untimed and self.since is None:
            return self._matches(line)
        self.untimed[line.name] += 1
        return False

    def _matches(self, line: LogLine) -> bool:
        return self.ids is None or any(each in line.text for each in self.ids)


def merged(
    directory: Path, logs: Sequence[str], only: Filter, *, until: Mapping[str, int] | None = None
) -> Iterator[LogLine]:
    """The wanted lines of these logs by time; lines without one come first. Memory holds some thousand lines.

    `until` bounds the present files, in bytes by log, for a caller who reads the rest otherwise.
    """
    ends = until or {}
    each = [_in_order(filter(only.wanted(), read(directory, name, ends.get(name)))) for name in logs]
    return heapq.merge(*each, key=_when)


def _in_order(lines: Iterator[LogLine]) -> Iterator[LogLine]:
    """Lines of one log by time: those of several processes or threads may stand a little out of order there."""
    heap: list[tuple[datetime, int, LogLine]] = []
    for number, line in enumerate(lines):
        heapq.heappush(heap, (_when(line), number, line))
        if len(heap) > NEARBY:
            yield heapq.heappop(heap)[2]
    while heap:
        yield heapq.heappop(heap)[2]


def _when(line: LogLine) -> datetime:
    return line.at or FIRST
