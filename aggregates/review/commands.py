"""The commands of the saga: each looks at a review and answers with the events that follow, or refuses.

An empty answer means that nothing is left to do: the same command came before, or a newer revision overtook it.
NotAllowed means that the state does not allow it: the step before has not happened, or the saga has ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeAlias

from aggregates.ids import raw_review_id
from aggregates.review.aggregate import Review
from aggregates.review.compensation import compensate, marked, retry_now
from aggregates.review.notifications import Notifications
from aggregates.review.saga import DONE, FAILED, STEPS
from schemas.errors import InvalidInput, NotAllowed
from schemas.events import review as ev
from schemas.parts import Contribution, TopicShare

__all__ = [
    "compensate",
    "contribution_of",
    "fail",
    "record_analysis",
    "record_notified",
    "record_raw",
    "request_reprocessing",
    "retry_now",
    "update_analytics",
]

Events: TypeAlias = tuple[Any, ...]
ORDER = {step: number for number, step in enumerate((*STEPS, DONE))}


def record_raw(review: Review, revision: int, *, now: datetime) -> Events:
    """The raw store confirmed this revision."""
    if _overtaken(review, revision, "store"):
        return ()
    return (ev.RawReviewStored(revision=revision, raw_review_id=raw_review_id(review.id), stored_at=now),)


def record_analysis(review: Review, processed: ev.ReviewProcessed, sentiment: ev.SentimentAnalyzed) -> Events:
    """The text was analysed: both results in one go, or none."""
    if processed.revision != sentiment.revision or processed.processing_version != sentiment.processing_version:
        raise NotAllowed("both results of one analysis name the same revision and processing version")
    if _overtaken(review, processed.revision, "nlp") or _of_another_version(review, processed.processing_version):
        return ()
    return (processed, sentiment)


def update_analytics(review: Review, revision: int, *, topics: Sequence[TopicShare] = (), now: datetime) -> Events:
    """Settle what the review counts for; the event also says what it counted for until now."""
    if _overtaken(review, revision, "analytics"):
        return ()
    contribution = contribution_of(review, topics)
    return (
        ev.AnalyticsUpdated(
            revision=revision,
            processing_version=review.processing_version,
            contribution=contribution,
            replaces=review.contribution,
            updated_at=now,
        ),
    )


def record_notified(
    review: Review, revision: int, found: Notifications, *, suppressed: str | None = None, now: datetime
) -> Events:
    """What became of the notifications: the saga is complete, unless some are to be tried again later.

    These are retries of single notifications. Nothing failed that would have to be withdrawn.
    """
    if _overtaken(review, revision, "notify"):
        return ()
    if found.pending:
        return (marked(review, "notify", review.attempt + 1, found.next_attempt(now), now, found),)
    return (
        ev.SubscribersNotified(
            revision=revision,
            notifications=found.delivered,
            suppressed=suppressed,
            notified_at=now,
            given_up=found.given_up,
        ),
    )


def fail(review: Review, revision: int, step: str, *, error_type: str, error: str, now: datetime) -> Events:
    """The step cannot succeed: compensation is due."""
    if revision < review.revision:
        return ()
    _refuse_ahead(review, revision)
    if review.step == FAILED and review.failure and review.failure.step == step:
        return ()
    if review.step != step:
        raise NotAllowed(f"step {step} cannot fail: the review waits for {review.step or 'being collected'}")
    return (
        ev.StepFailed(
            revision=revision,
            step=step,
            attempt=review.attempt,
            error_type=error_type,
            error=error[:500],
            failed_at=now,
        ),
    )


def request_reprocessing(
    review: Review, processing_version: str, *, reason: str = "", run_id: str | None = None, now: datetime
) -> Events:
    """Analyse again with another processing version, without notifying. Only a complete review can be reprocessed.

    Or one that still waits for the analysis of an earlier request: workers of that version may never run again.
    A version is asked for once in a revision: ids of events name it, so going back needs a name of its own.
    """
    if not processing_version:
        raise InvalidInput("processing_version: is empty; name the new analysis", field="processing_version")
    if review.processing_version == processing_version:
        return ()
    if review.step != DONE and not (review.quiet and review.step == "nlp"):
        raise NotAllowed(
            f"only a complete review is reprocessed; this one waits for {review.step or 'being collected'}"
        )
    if processing_version in review.analysed_by:
        raise NotAllowed(f"processing version {processing_version} was replaced already; give the analysis a new name")
    return (
        ev.ReprocessingRequested(
            revision=review.revision,
            processing_version=processing_version,
            reason=reason,
            requested_at=now,
            run_id=run_id,
            replaces=review.sentiment.processing_version if review.sentiment else None,
        ),
    )


def contribution_of(review: Review, topics: Sequence[TopicShare] = ()) -> Contribution:
    """What an analysed review counts for in the metrics. Raises NotAllowed before it was analysed."""
    if review.processed is None or review.sentiment is None:
        raise NotAllowed("a review that was not analysed counts for nothing yet")
    body = review.body
    return Contribution(
        date=body.published_at.date(),
        source=body.source,
        platform=body.platform,
        label=review.sentiment.label,
        score=review.sentiment.score,
        rating=body.rating,
        language=review.processed.language,
        topics=tuple(topics),
    )


def _overtaken(review: Review, revision: int, step: str) -> bool:
    """True if there is nothing left to do; raises NotAllowed if the saga is not at that step."""
    if revision < review.revision:
        return True
    _refuse_ahead(review, revision)
    if review.step not in ORDER:
        raise NotAllowed(f"{step} is not allowed: the saga is {review.step or 'not begun'}")
    if ORDER[review.step] < ORDER[step]:
        raise NotAllowed(f"{step} is not allowed: the review still waits for {review.step}")
    return ORDER[review.step] > ORDER[step]


def _refuse_ahead(review: Review, revision: int) -> None:
    if revision > review.revision:
        raise NotAllowed(f"revision {revision} of the review is not collected; it stands at {review.revision}")


def _of_another_version(review: Review, processing_version: str) -> bool:
    """True for what an analysis found that a reprocessing has overtaken."""
    return review.processing_version not in {"", processing_version}
