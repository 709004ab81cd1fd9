"""The event log as a model of a few lines, in memory and for one writer at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias
from uuid import UUID

from eventstore.model import AppendResult, NewEvent, RecordedEvent

Refused: TypeAlias = dict[UUID, tuple[int, UUID | None]]


class Model:
    """What stands at each version of each stream, and all events in the order of their positions."""

    def __init__(self) -> None:
        self.streams: dict[UUID, dict[int, UUID]] = {}
        self.order: list[NewEvent] = []

    def append(self, request: Sequence[NewEvent], *, contiguous: bool = True) -> tuple[int, int, Refused]:
        """How many are appended and skipped, and for each refused stream its first misfit and what stands there."""
        tried = {e.stream_id: dict(self.streams.get(e.stream_id, {})) for e in request}
        fresh, skipped, refused = list[NewEvent](), list[NewEvent](), Refused()
        for e in request:
            there = tried[e.stream_id]
            newest = max(there, default=0 if contiguous else -1)
            if e.version == newest + 1 or (not contiguous and e.version > newest):
                there[e.version] = e.event_id
                fresh.append(e)
            elif there.get(e.version) == e.event_id:
                skipped.append(e)
            else:
                refused.setdefault(e.stream_id, (e.version, there.get(e.version)))
        self.streams |= {stream: there for stream, there in tried.items() if stream not in refused}
        appended = [e for e in fresh if e.stream_id not in refused]
        self.order += appended
        return len(appended), sum(e.stream_id not in refused for e in skipped), refused

    def newest(self, stream: UUID) -> int:
        """The newest version, 0 for none."""
        return max(self.streams.get(stream, {}), default=0)


def said(result: AppendResult) -> tuple[int, int, Refused]:
    """What the log answered, as the model answers."""
    refused = {c.stream_id: (c.version, c.standing_event_id) for c in result.conflicts}
    return result.appended, result.skipped, refused


def given(events: Iterable[RecordedEvent]) -> list[NewEvent]:
    """Recorded events as they were appended."""
    return [
        NewEvent(e.tenant_id, e.stream_id, e.version, e.topic, e.state, e.event_id, e.causation_id, e.correlation_id)
        for e in events
    ]


def fold(events: Iterable[NewEvent | RecordedEvent], state: dict[UUID, str] | None = None) -> dict[UUID, str]:
    """A projection in which order, repeats and omissions all show: each stream's text of what happened to it."""
    texts = dict(state or {})
    for e in events:
        texts[e.stream_id] = f"{texts.get(e.stream_id, '')}{e.version}:{e.event_id.hex[:6]} "
    return texts
