"""The state of the pipeline: failures, waiting sagas, projections and their parked streams."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from projections.queries.rows import ask, check_limit


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that went wrong; `kind` is failed, retry, abandoned or given_up (a notification)."""

    position: int
    review_id: UUID
    tenant_id: UUID
    kind: str
    revision: int
    step: str
    attempt: int
    error_type: str | None
    error: str | None
    not_before: datetime | None
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class StepLag:
    """Reviews that wait for a step, and for how many seconds the oldest has waited."""

    step: str
    count: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True)
class ProjectionStatus:
    """A live projection: its position and how many streams it parked."""

    name: str
    version: int
    position: int
    parked: int
    switched_at: datetime | None


def failures(
    pool: ConnectionPool[Any],
    *,
    tenant_id: UUID | None = None,
    review_id: UUID | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Failure]:
    """Newest first; continue with `before` = the last one's position. Raises InvalidInput for a bad limit."""
    check_limit(limit)
    values = {"tenant_id": tenant_id, "review_id": review_id, "before": before, "limit": limit}
    return ask(pool, Failure, "failures", values)


def saga_lag(pool: ConnectionPool[Any], *, tenant_id: UUID | None = None) -> list[StepLag]:
    """One entry for each step that anything waits for; `failed` waits for compensation."""
    return ask(pool, StepLag, "saga_lag", {"tenant_id": tenant_id})


def projection_status(pool: ConnectionPool[Any]) -> list[ProjectionStatus]:
    """All live projections by name."""
    return ask(pool, ProjectionStatus, "projection_status", {})
