"""The Review aggregate: its state is the fold of its events, and the saga is part of that state."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from aggregates.review.notifications import NONE, Notifications
from aggregates.review.saga import awaited, step_after
from schemas.events import review as ev
from schemas.parts import Contribution

Changes: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Review:
    """One review at one version of its stream.

    `tenant` and `collected`, the event that brought the present revision, are None until it is collected; `tenant_id`
    and `body` are for whoever knows that it was.
    `step` is what the saga does next: a name of STEPS, or done, failed (compensation is due) or abandoned.
    `analysed_by` are the processing versions of the present revision, those that were only asked for too.
    `contribution` is what the review counts for in the metrics at this version; None if nothing.
    `not_before` is set while the review waits for a retry.
    `notifications` are what became of those of this revision until now; empty before the first attempt and when done.
    """

    id: UUID
    tenant: UUID | None = None
    version: int = 0
    revision: int = 0
    step: str = ""
    attempt: int = 1
    processing_version: str = ""
    analysed_by: frozenset[str] = frozenset()
    quiet: bool = False
    collected: ev.ReviewCollected | None = None
    raw_review_id: str | None = None
    processed: ev.ReviewProcessed | None = None
    sentiment: ev.SentimentAnalyzed | None = None
    contribution: Contribution | None = None
    failure: ev.StepFailed | None = None
    not_before: datetime | None = None
    notifications: Notifications = NONE

    @property
    def tenant_id(self) -> UUID:
        """Whose it is. Raises LookupError for a review that was never collected, which has no tenant yet."""
        if self.tenant is None:
            raise LookupError(f"review {self.id} was never collected")
        return self.tenant

    @property
    def body(self) -> ev.ReviewCollected:
        """What the present revision says. Raises LookupError for a review that was never collected."""
        if self.collected is None:
            raise LookupError(f"review {self.id} was never collected")
        return self.collected

    def due(self, step: str, now: datetime) -> bool:
        """Whether `step` is what the saga waits for; a retry is not due before its time."""
        return awaited(self.step) == step and (self.not_before is None or self.not_before <= now)

    def after(self, events: Iterable[Any]) -> Review:
        """The review as it is after these events, in order."""
        review = self
        for event in events:
            changes = _CHANGES[type(event)](review, event)
            review = replace(review, version=review.version + 1, step=step_after(event, review.step), **changes)
        return review


def _collected(_: Review, event: ev.ReviewCollected) -> Changes:
    return {
        "revision": event.revision,
        "attempt": 1,
        "processing_version": "",
        "analysed_by": frozenset(),
        "quiet": False,
        "collected": event,
        "processed": None,
        "sentiment": None,
        "failure": None,
        "not_before": None,
        "notifications": NONE,
    }


def _stored(_: Review, event: ev.RawReviewStored) -> Changes:
    return {"raw_review_id": event.raw_review_id, "not_before": None}


def _processed(review: Review, event: ev.ReviewProcessed) -> Changes:
    version = event.processing_version
    return {"processed": event, "processing_version": version, "analysed_by": review.analysed_by | {version}}


def _analyzed(_: Review, event: ev.SentimentAnalyzed) -> Changes:
    return {"sentiment": event, "not_before": None}


def _counted(_: Review, event: ev.AnalyticsUpdated) -> Changes:
    return {"contribution": event.contribution, "not_before": None}


def _notified(_: Review, _event: ev.SubscribersNotified) -> Changes:
    return {"failure": None, "not_before": None, "notifications": NONE}


def _failed(_: Review, event: ev.StepFailed) -> Changes:
    return {"failure": event, "not_before": None}


def _rolled_back(_: Review, _event: ev.AnalyticsRolledBack) -> Changes:
    return {"contribution": None}


def _marked(_: Review, event: ev.ReviewMarkedForRetry) -> Changes:
    notifications = Notifications(event.delivered, event.given_up, event.pending)
    return {"attempt": event.attempt, "not_before": event.not_before, "notifications": notifications}


def _abandoned(_: Review, _event: ev.ReviewAbandoned) -> Changes:
    return {}


def _requested(review: Review, event: ev.ReprocessingRequested) -> Changes:
    version = event.processing_version
    asked = {"processing_version": version, "analysed_by": review.analysed_by | {version}}
    return {"attempt": 1, "quiet": True, "not_before": None, **asked}


_CHANGES: dict[type, Callable[[Review, Any], Changes]] = {
    ev.ReviewCollected: _collected,
    ev.ReviewRevised: _collected,
    ev.RawReviewStored: _stored,
    ev.ReviewProcessed: _processed,
    ev.SentimentAnalyzed: _analyzed,
    ev.AnalyticsUpdated: _counted,
    ev.SubscribersNotified: _notified,
    ev.StepFailed: _failed,
    ev.AnalyticsRolledBack: _rolled_back,
    ev.ReviewMarkedForRetry: _marked,
    ev.ReviewAbandoned: _abandoned,
    ev.ReprocessingRequested: _requested,
}
