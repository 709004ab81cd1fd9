"""A valid review that is not yet an event: which revision it is, the review's stream decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from schemas.events.review import ReviewCollected, ReviewRevised
from schemas.parts import Author


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What was validated, normalised, as the events have it.

    Both events are written out below: one of them is made for every review, and so the type checker sees each field.
    """

    source: str
    platform: str
    external_id: str
    content_hash: str
    title: str | None
    content: str
    rating: float | None
    rating_given: float | None
    rating_best: float
    rating_worst: float
    author: Author | None
    published_at: datetime
    language_hint: str | None
    url: str | None
    metadata: Mapping[str, str]

    def collected(self, now: datetime, run_id: str | None) -> ReviewCollected:
        """The event for a review that was never seen."""
        return ReviewCollected(
            source=self.source,
            platform=self.platform,
            external_id=self.external_id,
            revision=1,
            content_hash=self.content_hash,
            title=self.title,
            content=self.content,
            rating=self.rating,
            rating_given=self.rating_given,
            rating_best=self.rating_best,
            rating_worst=self.rating_worst,
            author=self.author,
            published_at=self.published_at,
            language_hint=self.language_hint,
            url=self.url,
            metadata=self.metadata,
            collected_at=now,
            run_id=run_id,
        )

    def revised(self, current: ReviewCollected, now: datetime, run_id: str | None) -> ReviewRevised:
        """The event for a known review with other content."""
        return ReviewRevised(
            source=self.source,
            platform=self.platform,
            external_id=self.external_id,
            revision=current.revision + 1,
            content_hash=self.content_hash,
            title=self.title,
            content=self.content,
            rating=self.rating,
            rating_given=self.rating_given,
            rating_best=self.rating_best,
            rating_worst=self.rating_worst,
            author=self.author,
            published_at=self.published_at,
            language_hint=self.language_hint,
            url=self.url,
            metadata=self.metadata,
            collected_at=now,
            run_id=run_id,
            previous_content_hash=current.content_hash,
        )
