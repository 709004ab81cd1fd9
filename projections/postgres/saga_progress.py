"""Where each review stands in its saga: the source of lag per step."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from psycopg import Cursor
from psycopg.types.json import Jsonb

from projections.decoding import Decoded
from projections.statements import in_schema
from schemas import events as of

NEXT_STEP = {
    of.ReviewCollected.TOPIC: "store",
    of.ReviewRevised.TOPIC: "store",
    of.RawReviewStored.TOPIC: "nlp",
    of.SentimentAnalyzed.TOPIC: "analytics",
    of.AnalyticsUpdated.TOPIC: "notify",
    of.SubscribersNotified.TOPIC: "done",
    of.StepFailed.TOPIC: "failed",
    of.ReviewAbandoned.TOPIC: "abandoned",
    of.ReprocessingRequested.TOPIC: "nlp",
}
UNCHANGED = -1


class SagaProgressProjector:
    """One row a review. Events of an older revision than the row's change nothing."""

    name: ClassVar[str] = "saga_progress"
    topics: ClassVar[frozenset[str]] = frozenset({*NEXT_STEP, of.ReviewMarkedForRetry.TOPIC})
    tables: ClassVar[tuple[str, ...]] = ("saga_progress",)

    def apply(self, cursor: Cursor[Any], schema: str, events: Sequence[Decoded]) -> None:
        """Only the last event of each review is written."""
        rows: dict[UUID, dict[str, Any]] = {}
        for decoded in events:
            before = rows.get(decoded.at.stream_id)
            if before is None or before["revision"] <= decoded.event.revision:
                rows[decoded.at.stream_id] = _row(decoded, before)
        if rows:
            values = Jsonb(json.dumps(list(rows.values())), dumps=str)
            cursor.execute(in_schema("postgres/sql/saga_progress/upsert", schema), {"rows": values})


def _row(decoded: Decoded, before: dict[str, Any] | None) -> dict[str, Any]:
    at, event = decoded
    attempts = _attempts(event)
    if attempts == UNCHANGED and before is not None:
        attempts = before["attempts"]
    return {
        "review_id": str(at.stream_id),
        "tenant_id": str(at.tenant_id),
        "next_step": event.step if isinstance(event, of.ReviewMarkedForRetry) else NEXT_STEP[at.topic],
        "revision": event.revision,
        "since": at.recorded_at.isoformat(),
        "last_position": at.position,
        "attempts": attempts,
    }


def _attempts(event: Any) -> int:
    if isinstance(event, of.ReviewCollected):
        return 0
    if isinstance(event, of.StepFailed | of.ReviewMarkedForRetry):
        return event.attempt
    return event.attempts if isinstance(event, of.ReviewAbandoned) else UNCHANGED
