"""Reviving a review whose step failed for good: its saga goes on from that step."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from aggregates import saga
from streams.reviews import Change, Reviews


async def revive(reviews: Reviews, review_id: UUID, tenant_id: UUID, now: datetime) -> bool:
    """Append that the failed step is tried again; False when the review moved meanwhile, so that it is asked anew.

    Raises NotAllowed when no step of the review failed.
    """
    review = (await reviews.read({review_id}))[review_id]
    refused = await reviews.append([Change(review, tenant_id, saga.revive(review, now=now))])
    return not refused
