"""Reviving a review whose step failed for good: its saga goes on from that step."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from aggregates.review import commands
from schemas.errors import NotAllowed
from streams.runtime.reviews import Change, Reviews


async def retry_now(reviews: Reviews, review_id: UUID, now: datetime) -> bool:
    """Append that the failed step is tried again; False when the review moved meanwhile, so that it is asked anew.

    Raises NotAllowed when no step of the review failed, or when it is tried again already.
    """
    review = (await reviews.read({review_id}))[review_id]
    events = commands.retry_now(review, now=now)
    if not events:
        raise NotAllowed(f"the review goes on already: it is at {review.step}")
    refused = await reviews.append([Change(review, events)])
    return not refused
