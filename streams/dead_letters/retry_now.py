"""Retries a review whose step failed permanently: its saga resumes at that step."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from aggregates.review import commands
from schemas.errors import NotAllowed
from streams.runtime.reviews import Change, Reviews


async def retry_now(reviews: Reviews, review_id: UUID, now: datetime) -> bool:
    """Append that the failed step is retried; False when the review changed meanwhile, and the caller must try again.

    Raises NotAllowed when no step of the review failed, or when it is retried already.
    """
    review = (await reviews.read({review_id}))[review_id]
    events = commands.retry_now(review, now=now)
    if not events:
        raise NotAllowed(f"the review is in progress already: it is at {review.step}")
    refused = await reviews.append([Change(review, events)])
    return not refused
