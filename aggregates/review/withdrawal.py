"""Withdrawal: the source deleted the review, so it is shown and counted no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aggregates.review.aggregate import Review
from aggregates.review.saga import WITHDRAWN
from aggregates.review.validation import known_fields, validate
from schemas.errors import InvalidReview
from schemas.events.review import ReviewWithdrawn

NAMES = ("source", "external_id")


@dataclass(frozen=True, slots=True)
class Deletion:
    """Which of a tenant's reviews was deleted, named as validation names it."""

    source: str
    external_id: str


def validate_deletion(record: Mapping[str, Any], now: datetime) -> Deletion:
    """The review that a deletion names. Raises InvalidReview that names the field and the fix.

    Both names are normalised as those of a review are, or a deletion would miss what it means. What else a review may
    have is passed over: some publishers send a deleted review as it last was.
    """
    if not str(record.get("external_id") or "").strip():
        raise InvalidReview(
            "external_id: is missing or blank; a deletion names source and external_id",
            field="external_id",
            reason="missing",
        )
    passed_over = known_fields() - {*NAMES}
    named = {name: value for name, value in record.items() if name not in passed_over}
    draft = validate({**named, "content": "-", "published_at": now}, now)
    return Deletion(draft.source, draft.external_id)


def withdraw(review: Review, *, now: datetime, run_id: str | None = None) -> tuple[Any, ...]:
    """ReviewWithdrawn; nothing for a review that was never collected, or is withdrawn already."""
    if review.collected is None or review.step == WITHDRAWN:
        return ()
    return (ReviewWithdrawn(revision=review.revision, withdrawn=review.contribution, withdrawn_at=now, run_id=run_id),)
