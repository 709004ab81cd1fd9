"""What follows a failed step: the contribution is withdrawn, then the review is tried again later or given up.

Commands like those of commands.py: events follow, or nothing is left to do, or NotAllowed is raised.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from aggregates.review.aggregate import Review
from aggregates.review.notifications import Notifications
from aggregates.review.retries import LONGEST, RetryPolicy
from aggregates.review.saga import ABANDONED, FAILED
from schemas.errors import NotAllowed
from schemas.events import review as ev
from schemas.parts import Contribution


def compensate(
    review: Review, *, max_attempts: int, backoff: timedelta, longest: timedelta = LONGEST, now: datetime
) -> tuple[object, ...]:
    """What undoes a failed step: what counts wrongly is withdrawn, then a retry is marked or the review abandoned.

    The first retry comes `backoff` after `now`, each later one twice as long after, up to `longest`. It continues from
    the failed step, but never after `analytics` once the contribution was withdrawn.
    """
    if review.step != FAILED or review.failure is None:
        return ()
    withdrawn = _withdrawn(review)
    wait = RetryPolicy(max_attempts, backoff, longest).wait(review.attempt)
    followed = _retry_or_abandon(review, review.failure, max_attempts, wait, now)
    if withdrawn is None:
        return (followed,)
    rolled_back = ev.AnalyticsRolledBack(
        revision=review.revision, attempt=review.failure.attempt, withdrawn=withdrawn, rolled_back_at=now
    )
    return (rolled_back, followed)


def retry_now(review: Review, *, now: datetime) -> tuple[object, ...]:
    """An operator wants one more attempt at once, whatever was decided: of a failed, waiting or abandoned review.

    Nothing follows when its retry is due already.
    """
    waiting = review.not_before is not None
    if not waiting and review.step not in {FAILED, ABANDONED}:
        raise NotAllowed(f"only a failed review is tried again; this one is {review.step or 'not collected'}")
    if review.not_before is not None and review.not_before <= now:
        return ()
    failed = review.failure.step if review.failure else review.step
    step = review.step if waiting else _again_from(failed, counts=review.contribution is not None)
    return (marked(review, step, review.attempt + 1, now, now, review.notifications.at_once(now)),)


def _withdrawn(review: Review) -> Contribution | None:
    """What counts wrongly once the saga has failed.

    A reprocessing that fails leaves in force what counts: the text is the same, and a complete saga counted it.
    """
    return None if review.quiet else review.contribution


def _retry_or_abandon(
    review: Review, failure: ev.StepFailed, max_attempts: int, wait: timedelta, now: datetime
) -> ev.ReviewMarkedForRetry | ev.ReviewAbandoned:
    if failure.attempt >= max_attempts:
        return ev.ReviewAbandoned(
            revision=review.revision,
            step=failure.step,
            attempts=failure.attempt,
            reason=failure.error_type,
            abandoned_at=now,
        )
    counts = review.contribution is not None and _withdrawn(review) is None
    step = _again_from(failure.step, counts=counts)
    return marked(review, step, failure.attempt + 1, now + wait, now, review.notifications)


def _again_from(failed: str, *, counts: bool) -> str:
    return "analytics" if failed == "notify" and not counts else failed


def marked(
    review: Review, step: str, attempt: int, not_before: datetime, now: datetime, so_far: Notifications
) -> ev.ReviewMarkedForRetry:
    """The saga continues from `step`; what became of the notifications `so_far` is carried on."""
    return ev.ReviewMarkedForRetry(
        revision=review.revision,
        step=step,
        attempt=attempt,
        not_before=not_before,
        marked_at=now,
        delivered=so_far.delivered,
        given_up=so_far.given_up,
        pending=so_far.pending,
    )
