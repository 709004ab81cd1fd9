"""Corrections: the same words and rating with other facts around them. Nothing is analysed again, and the saga goes on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from aggregates.review.aggregate import FACTS, Review
from aggregates.review.draft import Draft
from schemas.events.review import FactsCorrected
from schemas.parts import Contribution


def correct(review: Review, draft: Draft, *, now: datetime, run_id: str | None = None) -> tuple[Any, ...]:
    """FactsCorrected where the draft of a collected review has other facts; nothing for what is known already.

    The last word counts: a fact that is missing now, such as an author who was removed at the source, is removed.
    """
    facts = _facts(draft)
    if facts == _facts(review.body):
        return ()
    moved = _moved(review, draft)
    return (
        FactsCorrected(
            revision=review.revision,
            correction=review.corrections + 1,
            facts_hash=_digest(facts),
            **facts,
            contribution=moved,
            replaces=review.contribution if moved else None,
            processing_version=review.counted_by if moved else "",
            corrected_at=now,
            run_id=run_id,
        ),
    )


def _facts(of: object) -> dict[str, Any]:
    return {name: getattr(of, name) for name in FACTS}


def _moved(review: Review, draft: Draft) -> Contribution | None:
    """What the review counts for with the draft's facts; None where that stays as it is.

    What still counts of an earlier revision stays, too: the analytics step replaces it as a whole.
    """
    counts = review.contribution
    if counts is None or review.counted_revision != review.revision:
        return None
    moved = replace(counts, date=draft.published_at.date(), platform=draft.platform)
    return None if moved == counts else moved


def _digest(facts: Mapping[str, Any]) -> str:
    ordered = {**facts, "metadata": dict(sorted(facts["metadata"].items()))}
    return hashlib.sha256(to_json(ordered)).hexdigest()
