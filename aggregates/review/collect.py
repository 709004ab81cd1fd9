"""Collecting: what a valid draft means for the review it belongs to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aggregates.review.aggregate import Review
from aggregates.review.draft import Draft


def collect(review: Review, draft: Draft, *, now: datetime, run_id: str | None = None) -> tuple[Any, ...]:
    """ReviewCollected for a new review, ReviewRevised for other content, nothing for what is known already."""
    if review.collected is None:
        return (draft.collected(now, run_id),)
    if review.body.content_hash == draft.content_hash:
        return ()
    return (draft.revised(review.body, now, run_id),)
