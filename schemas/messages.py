"""Messages on Kafka that are not events of the log: step work, notifications, dead letters, inbound reviews."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StepItem:
    """One triggering event; `position` is its place in the event log."""

    position: int
    tenant_id: UUID
    stream_id: UUID
    version: int
    event_id: UUID
    correlation_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepBatch:
    """Work for one saga step: triggers of one partition, in order of position."""

    TOPIC: ClassVar[str] = "step.batch"
    items: tuple[StepItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundReview:
    """What a publisher sends; see the .avsc for what is optional and what it then means."""

    TOPIC: ClassVar[str] = "inbound.review"
    source: str
    platform: str = ""
    external_id: str | None = None
    title: str | None = None
    content: str | None = None
    rating: float | None = None
    best_rating: float | None = None
    worst_rating: float | None = None
    author_name: str | None = None
    author_id: str | None = None
    published_at: str
    language: str | None = None
    url: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """A review matched a tenant's rule."""

    TOPIC: ClassVar[str] = "notification.review"
    notification_id: str
    tenant: str
    review_id: str
    revision: int
    rule: str
    source: str
    external_id: str
    rating: float | None = None
    label: str
    score: float | None = None
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A message that could not be processed, with its reason and its original bytes."""

    TOPIC: ClassVar[str] = "deadletter.message"
    dead_letter_id: str
    tenant: str | None = None
    stage: str
    reason: str
    field: str = ""
    error: str
    origin_topic: str
    origin_partition: int
    origin_offset: int
    origin_item: int = 0
    review_id: str | None = None
    run_id: str | None = None
    line: int | None = None
    headers: Mapping[str, str]
    payload: bytes
    dead_lettered_at: datetime
