"""The alarms of a tenant, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from projections.queries.rows import ask, check_limit


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm; `observed` and `expected` in the measure's unit, empty `source` and `topic` are all together.

    `drivers` are records of kind, text, reviews, expected and strength. Open where `closed_day` is None.
    """

    alarm_id: UUID
    measure: str
    source: str
    topic: str
    kind: str
    direction: str
    first_day: date
    day: date
    observed: float
    expected: float
    reviews: int
    surprise: float
    drivers: list[dict[str, Any]]
    review_ids: list[str]
    raised_at: datetime
    closed_day: date | None
    closed_reason: str | None


def alarms(
    pool: ConnectionPool[Any], tenant_id: UUID, *, only_open: bool = False, since: date | None = None, limit: int = 20
) -> list[Alarm]:
    """Those that were open on `since` or later. Raises InvalidInput for a limit outside of 1 to 500."""
    check_limit(limit)
    values = {"tenant_id": tenant_id, "open": only_open, "since": since, "limit": limit}
    return ask(pool, Alarm, "alarms", values)
