"""Whole histories of some reviews, as repairs, comparisons and unparking read them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

from eventstore.model import RecordedEvent
from projections.ports import EventSource
from projections.registry import Version

STREAMS = 500
"""Reviews that are read, and written, at a time."""


def histories(
    source: EventSource, topics: Collection[str], live: Version, streams: Sequence[UUID]
) -> list[RecordedEvent]:
    """All events of these reviews up to the live position, in order."""
    found = source.read_streams(streams, topics=topics)
    events = [event for stream in found.values() for event in stream if event.position <= live.position]
    return sorted(events, key=lambda event: event.position)


def whole_streams(
    source: EventSource, topics: Collection[str], live: Version, streams: Sequence[UUID]
) -> Iterator[list[RecordedEvent]]:
    """The same, STREAMS reviews at a time."""
    for start in range(0, len(streams), STREAMS):
        yield histories(source, topics, live, streams[start : start + STREAMS])
