"""Dead letters for operators, and filters to select them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

State: TypeAlias = Literal["open", "replayed", "discarded"]


@dataclass(frozen=True, slots=True)
class StoredDeadLetter:
    """A dead letter without its payload and headers, which may hold personal data.

    `replay_of` is the dead letter whose replay failed again and became this one. `payload_bytes` is a size.
    """

    dead_letter_id: UUID
    tenant: str | None
    stage: str
    reason: str
    field: str
    error: str
    origin_topic: str
    origin_partition: int
    origin_offset: int
    origin_item: int
    review_id: str | None
    run_id: str | None
    line: int | None
    replay_of: str | None
    payload_bytes: int
    dead_lettered_at: datetime
    state: State
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenDeadLetter:
    """What the replay of an open dead letter needs."""

    dead_letter_id: UUID
    tenant: str | None
    stage: str
    reason: str
    origin_partition: int
    review_id: str | None
    headers: Mapping[str, str]
    payload: bytes


@dataclass(frozen=True, slots=True)
class Content:
    """The original message: headers as text, and the bytes. Personal data."""

    headers: Mapping[str, str]
    payload: bytes


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to a dead letter, when and why."""

    action: str
    actor: str
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Filters for dead letters; None matches all. `tenants` are the names of one tenant: its id and its slug."""

    ids: Sequence[UUID] | None = None
    tenants: Sequence[str] | None = None
    stage: str | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    run: str | None = None
    review: str | None = None
    state: State | None = "open"
    limit: int | None = None
