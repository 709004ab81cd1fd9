"""Decides which events of an append are accepted. Knows versions and event ids, no SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from eventstore.model import Conflict, NewEvent

Slot = tuple[UUID, int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one request."""

    appended: int
    skipped: int
    conflicts: tuple[Conflict, ...]


@dataclass(slots=True)
class _Stream:
    """`stored` is the newest version in the log, `newest` counts what the plan accepted; `ids` knows some versions."""

    stored: int
    newest: int
    ids: dict[int, UUID] = field(default_factory=dict)

    def give_back(self, event: NewEvent) -> None:
        del self.ids[event.version]
        self.newest = max(self.stored, max(self.ids, default=self.stored))


class Plan:
    """The events that one transaction appends, request by request.

    `current` holds the newest version of each stream that has events, `recorded` the event ids at the versions
    that requests repeat. A later request sees what was accepted of an earlier one.
    `contiguous=False` lets a stream start at any version and leave versions out.
    """

    def __init__(self, current: Mapping[UUID, int], recorded: Mapping[Slot, UUID], *, contiguous: bool = True) -> None:
        self.accepted: list[NewEvent] = []
        self._contiguous = contiguous
        self._before_the_first = 0 if contiguous else -1
        self._streams = {stream_id: _Stream(version, version) for stream_id, version in current.items()}
        for (stream_id, version), event_id in recorded.items():
            self._streams[stream_id].ids[version] = event_id

    def check_versions(self, events: Iterable[NewEvent]) -> Verdict:
        """Accept the streams of `events` that fit; a stream with one event that does not is refused as a whole."""
        fresh: list[NewEvent] = []
        repeats: list[NewEvent] = []
        refused: dict[UUID, Conflict] = {}
        streams, first = self._streams, self._before_the_first
        for event in events:  # the hot loop of every append: no calls in the usual case
            version = event.version
            stream = streams.get(event.stream_id)
            if stream is None:
                stream = streams[event.stream_id] = _Stream(first, first)
            if version == stream.newest + 1 or (version > stream.newest and not self._contiguous):
                stream.newest = version
                stream.ids[version] = event.event_id
                fresh.append(event)
            elif (recorded := stream.ids.get(version)) == event.event_id:
                repeats.append(event)
            else:
                conflict = Conflict(event.stream_id, version, recorded, event.event_id)
                refused.setdefault(event.stream_id, conflict)
        if refused:
            fresh, repeats = self._give_back(refused, fresh), _without(refused, repeats)
        self.accepted += fresh
        return Verdict(len(fresh), len(repeats), tuple(refused.values()))

    def _give_back(self, refused: Mapping[UUID, Conflict], fresh: Sequence[NewEvent]) -> list[NewEvent]:
        for event in fresh:
            if event.stream_id in refused:
                self._streams[event.stream_id].give_back(event)
        return _without(refused, fresh)


def _without(refused: Mapping[UUID, Conflict], events: Sequence[NewEvent]) -> list[NewEvent]:
    return [event for event in events if event.stream_id not in refused]
