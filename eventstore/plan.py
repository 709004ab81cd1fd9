"""Deciding which events of an append go through. Knows versions and event ids, no SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from eventstore.model import Conflict, NewEvent

Slot = tuple[UUID, int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one request."""

    appended: int
    skipped: int
    conflicts: tuple[Conflict, ...]


class Plan:
    """The events that one transaction appends, request by request.

    `current` holds the newest version of each stream that has events, `standing` the event ids at the versions
    that requests repeat. A later request sees what an earlier one was granted.
    `contiguous=False` lets a stream start at any version and leave versions out.
    """

    def __init__(self, current: Mapping[UUID, int], standing: Mapping[Slot, UUID], *, contiguous: bool = True) -> None:
        self.accepted: list[NewEvent] = []
        self._current = dict(current)
        self._standing = dict(standing)
        self._contiguous = contiguous

    def admit(self, events: Iterable[NewEvent]) -> Verdict:
        """Grant the streams of `events` that fit; a stream with one misfit is refused whole."""
        events = list(events)
        refused = self._find_conflicts(events)
        fresh, skipped = self._sort_out([e for e in events if e.stream_id not in refused] if refused else events)
        self.accepted += fresh
        return Verdict(len(fresh), skipped, tuple(refused.values()))

    def _find_conflicts(self, events: Sequence[NewEvent]) -> dict[UUID, Conflict]:
        """First misfit per stream. Looks ahead on copies, so that a refused stream leaves no trace."""
        newest: dict[UUID, int] = {}
        given: dict[Slot, UUID] = {}
        refused: dict[UUID, Conflict] = {}
        for event in events:
            stream, version = event.stream_id, event.version
            current = newest.get(stream)
            if current is None:
                current = self._newest(stream)
            if self._fits(version, current):
                newest[stream] = version
                given[stream, version] = event.event_id
                continue
            stands = given.get((stream, version)) or self._standing.get((stream, version))
            if stands != event.event_id:
                refused.setdefault(stream, Conflict(stream, version, stands, event.event_id))
        return refused

    def _sort_out(self, events: Sequence[NewEvent]) -> tuple[list[NewEvent], int]:
        fresh = []
        for event in events:
            if self._fits(event.version, self._newest(event.stream_id)):
                fresh.append(event)
                self._current[event.stream_id] = event.version
                self._standing[event.stream_id, event.version] = event.event_id
        return fresh, len(events) - len(fresh)

    def _newest(self, stream: UUID) -> int:
        return self._current.get(stream, 0 if self._contiguous else -1)

    def _fits(self, version: int, current: int) -> bool:
        return version == current + 1 if self._contiguous else version > current
