"""The Review aggregate: its state is the fold of its events, and the saga is part of that state."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from aggregates.review.feedback_fields import subject
from aggregates.review.notifications import NONE, Notifications
from aggregates.review.saga import awaited, step_after
from schemas.events import review as ev
from schemas.parts import Contribution

Changes: TypeAlias = dict[str, Any]
FACTS = (
    "platform", "rating_given", "rating_best", "rating_worst", "author", "published_at", "language_hint", "url", "metadata",
)  # fmt: skip
"""Fields of a body that may be corrected; content and rating make another revision, source and external id another review."""


@dataclass(frozen=True, slots=True)
class Review:
    """One review at one version of its stream.

    `tenant` and `collected`, the event that brought the present revision, are None until it is collected; `tenant_id`
    and `body` are for whoever knows that it was.
    `step` is what the saga does next: a name of STEPS, or done, failed (compensation is due), abandoned or withdrawn.
    `analysed_by` are the processing versions of the present revision, those that were only asked for too.
    `corrections` is how often the facts of the present revision were corrected.
    `contribution` is what the review counts for in the metrics at this version; None if nothing. It is of the revision
    `counted_revision`, which may be an earlier one, and was made by the processing version `counted_by`.
    `not_before` is set while the review waits for a retry.
    `notifications` are what became of those of this revision until now; empty before the first attempt and when done.
    `disputes` are what people hold for wrong in the results of the present revision, and `disputed` is how often that changed.
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
    corrections: int = 0
    raw_review_id: str | None = None
    processed: ev.ReviewProcessed | None = None
    sentiment: ev.SentimentAnalyzed | None = None
    contribution: Contribution | None = None
    counted_revision: int = 0
    counted_by: str = ""
    failure: ev.StepFailed | None = None
    not_before: datetime | None = None
    notifications: Notifications = NONE
    disputes: tuple[ev.LabelDisputed, ...] = ()
    disputed: int = 0

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
        "corrections": 0,
        "processed": None,
        "sentiment": None,
        "failure": None,
        "not_before": None,
        "notifications": NONE,
        "disputes": (),
        "disputed": 0,
    }


def _corrected(review: Review, event: ev.FactsCorrected) -> Changes:
    facts = {name: getattr(event, name) for name in FACTS}
    body = None if review.collected is None else replace(review.collected, **facts)
    moved = {} if event.contribution is None else {"contribution": event.contribution}
    return {"collected": body, "corrections": event.correction, **moved}


def _withdrawn(_: Review, _event: ev.ReviewWithdrawn) -> Changes:
    """The body stays, as the revision that follows names its content."""
    return {
        "contribution": None,
        "processed": None,
        "sentiment": None,
        "failure": None,
        "not_before": None,
        "notifications": NONE,
        "disputes": (),
    }


def _stored(_: Review, event: ev.RawReviewStored) -> Changes:
    return {"raw_review_id": event.raw_review_id, "not_before": None}


def _processed(review: Review, event: ev.ReviewProcessed) -> Changes:
    version = event.processing_version
    return {"processed": event, "processing_version": version, "analysed_by": review.analysed_by | {version}}


def _analyzed(_: Review, event: ev.SentimentAnalyzed) -> Changes:
    return {"sentiment": event, "not_before": None}


def _counted(_: Review, event: ev.AnalyticsUpdated) -> Changes:
    counted = {"counted_revision": event.revision, "counted_by": event.processing_version}
    return {"contribution": event.contribution, "not_before": None, **counted}


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


def _disputed(review: Review, event: ev.LabelDisputed) -> Changes:
    """What the same person said of the same before is replaced."""
    return {"disputes": (*_others(review, event), event), "disputed": event.number}


def _dispute_withdrawn(review: Review, event: ev.DisputeWithdrawn) -> Changes:
    return {"disputes": _others(review, event), "disputed": event.number}


def _others(review: Review, event: ev.LabelDisputed | ev.DisputeWithdrawn) -> tuple[ev.LabelDisputed, ...]:
    return tuple(each for each in review.disputes if subject(each) != subject(event))


def _assigned(_: Review, event: ev.TopicsAssigned) -> Changes:
    """Of what counts, the topics are others; everything else of the review stays."""
    return {"contribution": event.contribution}


_CHANGES: dict[type, Callable[[Review, Any], Changes]] = {
    ev.ReviewCollected: _collected,
    ev.ReviewRevised: _collected,
    ev.FactsCorrected: _corrected,
    ev.ReviewWithdrawn: _withdrawn,
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
    ev.LabelDisputed: _disputed,
    ev.DisputeWithdrawn: _dispute_withdrawn,
    ev.TopicsAssigned: _assigned,
}
