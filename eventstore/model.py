"""New events, recorded events, and the result of an append."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to append. `version` counts from 1 in its stream; `event_id` makes repeats harmless."""

    tenant_id: UUID
    stream_id: UUID
    version: int
    topic: str
    state: bytes
    event_id: UUID
    causation_id: UUID | None = None
    correlation_id: UUID | None = None


class RecordedEvent(NamedTuple):
    """An event of the log. `position` counts from 1 over all streams without gaps; `recorded_at` is aware.

    A tuple and not a dataclass because the driver builds it from a row five times as fast.
    """

    position: int
    tenant_id: UUID
    stream_id: UUID
    version: int
    topic: str
    state: bytes
    event_id: UUID
    causation_id: UUID | None
    correlation_id: UUID | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why a stream was refused: the first of its events that did not fit.

    `standing_event_id` is the event that is recorded at that version, or None when the version would leave a gap.
    """

    stream_id: UUID
    version: int
    standing_event_id: UUID | None
    refused_event_id: UUID


@dataclass(frozen=True, slots=True)
class AppendResult:
    """What one append did.

    The appended events are, in the order given, at positions
    `last_position - appended + 1 … last_position`. `skipped` counts events that were already in the log.
    When nothing was appended `last_position` is the log's head.
    """

    appended: int
    skipped: int
    conflicts: tuple[Conflict, ...]
    last_position: int
