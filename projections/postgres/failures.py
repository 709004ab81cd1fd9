"""Failures, retries and abandoned sagas, one row an event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from projections.decoder import Decoded, Record
from projections.postgres.projector import Changes, to_json
from schemas.events.review import ReviewAbandoned, ReviewMarkedForRetry, StepFailed

KIND = {StepFailed.TOPIC: "failed", ReviewMarkedForRetry.TOPIC: "retry", ReviewAbandoned.TOPIC: "abandoned"}


class FailuresProjector:
    """What went wrong, when, at which step; `error` holds no personal data by contract."""

    name: ClassVar[str] = "failures"
    topics: ClassVar[frozenset[str]] = frozenset(KIND)
    tables: ClassVar[tuple[str, ...]] = ("failures",)
    statements: ClassVar[tuple[tuple[str, str], ...]] = (("insert", "failures"),)

    def prepare(self, events: Sequence[Decoded]) -> Changes:
        """One row an event."""
        return {"failures": to_json([_row(decoded) for decoded in events])} if events else {}


def _row(decoded: Decoded) -> Record:
    at, event = decoded
    where = {"position": at.position, "review_id": at.stream_id, "tenant_id": at.tenant_id, "kind": KIND[at.topic]}
    what = {name: event.get(name) for name in ("revision", "step", "error_type", "error", "not_before")}
    return where | what | _details(at.topic, event)


def _details(topic: str, event: Record) -> Record:
    if topic == StepFailed.TOPIC:
        return {"attempt": event["attempt"], "occurred_at": event["failed_at"]}
    if topic == ReviewMarkedForRetry.TOPIC:
        return {"attempt": event["attempt"], "occurred_at": event["marked_at"]}
    return {"attempt": event["attempts"], "occurred_at": event["abandoned_at"], "error": event["reason"]}
