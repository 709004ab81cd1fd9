"""Failures, retries and abandoned sagas, one row an event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from psycopg import Cursor

from projections.decoding import Decoded
from projections.statements import in_schema
from schemas.events import ReviewAbandoned, ReviewMarkedForRetry, StepFailed

KIND = {StepFailed.TOPIC: "failed", ReviewMarkedForRetry.TOPIC: "retry", ReviewAbandoned.TOPIC: "abandoned"}


class FailuresProjector:
    """What went wrong, when, at which step; `error` holds no personal data by contract."""

    name: ClassVar[str] = "failures"
    topics: ClassVar[frozenset[str]] = frozenset(KIND)
    tables: ClassVar[tuple[str, ...]] = ("failures",)

    def apply(self, cursor: Cursor[Any], schema: str, events: Sequence[Decoded]) -> None:
        """Failures are few: row by row, in one round trip."""
        if events:
            cursor.executemany(in_schema("postgres/sql/failures/insert", schema), [_row(e) for e in events])


def _row(decoded: Decoded) -> dict[str, Any]:
    at, event = decoded
    known = {"revision": event.revision, "step": event.step, "error_type": None, "error": None, "not_before": None}
    where = {"position": at.position, "review_id": at.stream_id, "tenant_id": at.tenant_id, "kind": KIND[at.topic]}
    return known | where | _details(event)


def _details(event: StepFailed | ReviewMarkedForRetry | ReviewAbandoned) -> dict[str, Any]:
    if isinstance(event, StepFailed):
        what = {"error_type": event.error_type, "error": event.error}
        return {"attempt": event.attempt, "occurred_at": event.failed_at, **what}
    if isinstance(event, ReviewMarkedForRetry):
        return {"attempt": event.attempt, "occurred_at": event.marked_at, "not_before": event.not_before}
    return {"attempt": event.attempts, "occurred_at": event.abandoned_at, "error": event.reason}
