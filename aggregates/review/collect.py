"""Collecting: what a valid draft means for the review it belongs to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aggregates.review.aggregate import Review
from aggregates.review.corrections import correct
from aggregates.review.draft import Draft
from aggregates.review.saga import WITHDRAWN


def collect(review: Review, draft: Draft, *, now: datetime, run_id: str | None = None) -> tuple[Any, ...]:
    """ReviewCollected for a new review, ReviewRevised for other content, FactsCorrected for other facts, or nothing.

    A withdrawn review that comes again is the next revision, whatever it says.
    """
    if review.collected is None:
        return (draft.collected(now, run_id),)
    if review.step != WITHDRAWN and review.body.content_hash == draft.content_hash:
        return correct(review, draft, now=now, run_id=run_id)
    return (draft.revised(review.body, now, run_id),)
