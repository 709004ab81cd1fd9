"""Failures, retries, abandoned sagas and notifications that were given up, one row per event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from projections.decoder import Decoded, Record
from projections.postgres.projector import Changes, to_json
from schemas.events.review import ReviewAbandoned, ReviewMarkedForRetry, StepFailed, SubscribersNotified

KIND = {
    StepFailed.TOPIC: "failed",
    ReviewMarkedForRetry.TOPIC: "retry",
    ReviewAbandoned.TOPIC: "abandoned",
    SubscribersNotified.TOPIC: "given_up",
}
NOTIFY = "notify"


class FailuresProjector:
    """What went wrong, when, at which step; `error` holds no personal data by contract."""

    name: ClassVar[str] = "failures"
    topics: ClassVar[frozenset[str]] = frozenset(KIND)
    tables: ClassVar[tuple[str, ...]] = ("failures",)
    statements: ClassVar[tuple[tuple[str, str], ...]] = (("insert", "failures"),)

    def prepare(self, events: Sequence[Decoded]) -> Changes:
        """One row per event; none for a saga whose notifications all went out, as nearly every one is."""
        rows = [_row(each) for each in events if each.at.topic != SubscribersNotified.TOPIC or each.event["given_up"]]
        return {"failures": to_json(rows)} if rows else {}


def _row(decoded: Decoded) -> Record:
    at, event = decoded
    where = {"position": at.position, "review_id": at.stream_id, "tenant_id": at.tenant_id, "kind": KIND[at.topic]}
    what = {name: event.get(name) for name in ("revision", "step", "error_type", "error", "not_before")}
    return where | what | _details(at.topic, event)


def _details(topic: str, event: Record) -> Record:
    if topic == StepFailed.TOPIC:
        return {"attempt": event["attempt"], "occurred_at": event["failed_at"]}
    if topic == ReviewMarkedForRetry.TOPIC:
        return {"attempt": event["attempt"], "occurred_at": event["marked_at"]} | _undelivered(event["pending"])
    if topic == SubscribersNotified.TOPIC:
        most = max(each["attempts"] for each in event["given_up"])
        told = {"step": NOTIFY, "attempt": most, "occurred_at": event["notified_at"]}
        return told | _undelivered(event["given_up"])
    return {"attempt": event["attempts"], "occurred_at": event["abandoned_at"], "error": event["reason"]}


def _undelivered(notifications: Sequence[Record]) -> Record:
    """The reasons by channel; nothing where no notification is what failed."""
    if not notifications:
        return {}
    said = dict.fromkeys(f"{each['channel']}: {each['reason']}" for each in notifications)
    return {"error_type": notifications[0]["reason"], "error": ", ".join(said)}
