"""Reviews whose saga waits: too long for a step, or for a retry."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from projections.queries.rows import ask


@dataclass(frozen=True, slots=True)
class Waiting:
    """A review and the event that starts its next step; `next_step` is `failed` where compensation is due."""

    review_id: UUID
    tenant_id: UUID
    version: int
    position: int
    event_id: UUID
    correlation_id: UUID | None
    next_step: str
    not_before: datetime | None
    attempts: int


@dataclass(frozen=True, slots=True)
class Stuck:
    """How many reviews wait for a step beyond its deadline, and the first of them."""

    step: str
    count: int
    oldest: list[UUID]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a review waits: the step that last failed, in which attempt and with what; nothing where none has."""

    review_id: UUID
    tenant_id: UUID
    since: datetime
    step: str | None
    attempt: int | None
    error_type: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Troubled:
    """Reviews that wait for a retry, due or not, and abandoned reviews."""

    retrying: int
    abandoned: int


@dataclass(frozen=True, slots=True)
class _State:
    step: str


@dataclass(frozen=True, slots=True)
class _Position:
    position: int


def stuck(pool: ConnectionPool[Any], deadlines: Mapping[str, float], now: datetime, *, shown: int = 5) -> list[Stuck]:
    """The steps for which reviews have waited longer than so many seconds."""
    values = {"now": now, "steps": list(deadlines), "seconds": list(map(float, deadlines.values())), "shown": shown}
    return [found for found in ask(pool, Stuck, "stuck", values) if found.count]


def why_stuck(pool: ConnectionPool[Any], reviews: Collection[UUID]) -> list[Reason]:
    """What is known of why these reviews wait."""
    return ask(pool, Reason, "why_stuck", {"reviews": list(reviews)})


def late_states(pool: ConnectionPool[Any], deadlines: Mapping[str, float], now: datetime) -> list[str]:
    """The steps for which anything but a retry has waited longer than so many seconds; cheap in any backlog."""
    values = {"now": now, "steps": list(deadlines), "seconds": list(map(float, deadlines.values()))}
    return [found.step for found in ask(pool, _State, "late_states", values)]


def overdue(
    pool: ConnectionPool[Any], step: str, *, before: datetime, until: int, besides: Collection[int], limit: int
) -> list[Waiting]:
    """Reviews that have waited for a step since `before`, and not for a retry; oldest first.

    Only by events up to position `until`, and without those at the positions `besides`.
    """
    values = {"step": step, "before": before, "until": until, "besides": list(besides), "limit": limit}
    return ask(pool, Waiting, "overdue", values)


def every(pool: ConnectionPool[Any], *, after: int, limit: int) -> list[Waiting]:
    """Reviews that wait for a step, and not for a retry that is still to come, by position, after that position."""
    return ask(pool, Waiting, "every_waiting", {"after": after, "limit": limit, "now": datetime.now(UTC)})


def due_retries(pool: ConnectionPool[Any], now: datetime, *, besides: Collection[int], limit: int) -> list[Waiting]:
    """Reviews whose retry is due; longest first, without those at the positions `besides`."""
    return ask(pool, Waiting, "due_retries", {"now": now, "besides": list(besides), "limit": limit})


def coming_retries(pool: ConnectionPool[Any], now: datetime, *, limit: int) -> list[Waiting]:
    """Reviews whose retry is not due yet; the next one first."""
    return ask(pool, Waiting, "coming_retries", {"now": now, "limit": limit})


def still_waiting(pool: ConnectionPool[Any], reviews: Collection[UUID], positions: Collection[int]) -> set[int]:
    """Those of the positions at which one of the reviews is still waiting."""
    values = {"reviews": list(reviews), "positions": list(positions)}
    return {found.position for found in ask(pool, _Position, "still_waiting", values)}


def troubled(pool: ConnectionPool[Any]) -> Troubled:
    """How many sagas wait for a retry or for an operator."""
    return ask(pool, Troubled, "troubled", {})[0]
