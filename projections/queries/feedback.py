"""What people hold for wrong, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from projections.queries.rows import ask, check_limit


@dataclass(frozen=True, slots=True)
class Feedback:
    """One person's last word on one thing. `given` is what they saw, `now` what the result says by now, of label and language.

    Without `of_present_text` the review has other words since, and evaluation leaves it out.
    """

    review_id: UUID
    revision: int
    field: str
    given: str | None
    right: str | None
    who: str
    note: str | None
    processing_version: str
    disputed_at: datetime
    now: str | None
    of_present_text: bool


def find_feedback(
    pool: ConnectionPool[Any],
    tenant_id: UUID,
    *,
    review_id: UUID | None = None,
    field: str | None = None,
    who: str | None = None,
    limit: int = 50,
) -> list[Feedback]:
    """Newest first. Raises InvalidInput for a limit outside of 1 to 500."""
    check_limit(limit)
    values = {"tenant_id": tenant_id, "review_id": review_id, "field": field, "who": who, "limit": limit}
    return ask(pool, Feedback, "feedback", values)
