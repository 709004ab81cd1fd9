"""The Review aggregate: its state is the fold of its events, and the saga is part of that state."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from schemas import events as ev
from schemas.parts import Contribution

STEPS = ("store", "nlp", "analytics", "notify")
DONE, FAILED, ABANDONED = "done", "failed", "abandoned"


@dataclass(frozen=True, slots=True)
class Review:
    """One review at one version of its stream.

    `step` is what the saga does next: a name of STEPS, or done, failed (compensation is due) or abandoned.
    `analysed_by` are the processing versions of the present revision.
    `contribution` is what the review counts for in the metrics at this version; None if nothing.
    """

    id: UUID
    version: int = 0
    revision: int = 0
    step: str = ""
    attempt: int = 1
    processing_version: str = ""
    analysed_by: frozenset[str] = frozenset()
    quiet: bool = False
    body: ev.ReviewCollected | None = None
    raw_review_id: str | None = None
    processed: ev.ReviewProcessed | None = None
    sentiment: ev.SentimentAnalyzed | None = None
    contribution: Contribution | None = None
    failure: ev.StepFailed | None = None
    not_before: datetime | None = None

    @property
    def content(self) -> ev.ReviewCollected:
        """The body of the present revision. Only a review that was collected has one."""
        if self.body is None:
            raise LookupError(f"review {self.id} was never collected")
        return self.body

    def due(self, step: str) -> bool:
        """Whether `step` is what the saga waits for."""
        return self.step == step

    def after(self, events: Iterable[Any]) -> Review:
        """The review as it is after these events, in order."""
        review = self
        for event in events:
            review = replace(_APPLY[type(event)](review, event), version=review.version + 1)
        return review


def _collected(review: Review, event: ev.ReviewCollected) -> Review:
    return replace(
        review,
        revision=event.revision,
        step="store",
        attempt=1,
        processing_version="",
        analysed_by=frozenset(),
        quiet=False,
        body=event,
        processed=None,
        sentiment=None,
        failure=None,
        not_before=None,
    )


def _stored(review: Review, event: ev.RawReviewStored) -> Review:
    return replace(review, step="nlp", raw_review_id=event.raw_review_id)


def _processed(review: Review, event: ev.ReviewProcessed) -> Review:
    version = event.processing_version
    return replace(review, processed=event, processing_version=version, analysed_by=review.analysed_by | {version})


def _analyzed(review: Review, event: ev.SentimentAnalyzed) -> Review:
    return replace(review, step="analytics", sentiment=event)


def _counted(review: Review, event: ev.AnalyticsUpdated) -> Review:
    return replace(review, step="notify", contribution=event.contribution)


def _notified(review: Review, event: ev.SubscribersNotified) -> Review:
    del event
    return replace(review, step=DONE, failure=None)


def _failed(review: Review, event: ev.StepFailed) -> Review:
    return replace(review, step=FAILED, failure=event)


def _rolled_back(review: Review, event: ev.AnalyticsRolledBack) -> Review:
    del event
    return replace(review, contribution=None)


def _marked(review: Review, event: ev.ReviewMarkedForRetry) -> Review:
    return replace(review, step=event.step, attempt=event.attempt, not_before=event.not_before)


def _abandoned(review: Review, event: ev.ReviewAbandoned) -> Review:
    del event
    return replace(review, step=ABANDONED)


def _requested(review: Review, event: ev.ReprocessingRequested) -> Review:
    return replace(review, step="nlp", attempt=1, quiet=True, processing_version=event.processing_version)


_APPLY: dict[type, Callable[[Review, Any], Review]] = {
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
