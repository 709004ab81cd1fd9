"""Other topics for a review that counts already: what a topic model that changed means for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from aggregates.review.aggregate import Review
from schemas.events.review import TopicsAssigned
from schemas.parts import TopicShare

NOTICEABLE = 0.1
"""A confidence that moved by less is left as it was: every fit moves each a little, and an event each would say nothing."""


def assign_topics(
    review: Review, topics: Sequence[TopicShare], *, model_version: int, now: datetime
) -> tuple[Any, ...]:
    """TopicsAssigned where the topics are others; nothing for a review that counts for nothing yet, or for an earlier
    revision: the analytics step gives it its topics.
    """
    counts = review.contribution
    if counts is None or review.counted_revision != review.revision or _alike(counts.topics, topics):
        return ()
    return (
        TopicsAssigned(
            revision=review.revision,
            model_version=model_version,
            processing_version=review.counted_by,
            contribution=replace(counts, topics=tuple(topics)),
            replaces=counts,
            assigned_at=now,
        ),
    )


def _alike(one: Sequence[TopicShare], other: Sequence[TopicShare]) -> bool:
    if [share.topic_id for share in one] != [share.topic_id for share in other]:
        return False
    return all(abs(a.confidence - b.confidence) < NOTICEABLE for a, b in zip(one, other, strict=True))
