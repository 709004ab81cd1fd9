"""The analytics step: settles what a review counts for. ClickHouse is written by the projections, from this event."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from aggregates.review.commands import update_analytics
from schemas.parts import TopicShare
from streams.runtime.step import Done, Outcome, Work
from streams.topic_models.assigning import Assigning
from streams.topic_models.models import TopicModels


class Analytics:
    """Topics come from the tenant's topic model, as it is when the batch is handled; until there is one, none.

    Whether the model changed is asked once for each batch and tenant, so that no review gets topics that are gone.
    """

    name = "analytics"

    def __init__(
        self, models: TopicModels | None = None, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._models, self._now = models, now
        self._known: dict[UUID, Assigning] = {}

    async def perform(self, work: Sequence[Work]) -> Sequence[Outcome]:
        """Changes nothing: the event itself is the effect."""
        topics = await asyncio.to_thread(self._topics, work) if self._models else {}
        now = self._now()
        return [
            Done(update_analytics(each.review, each.review.revision, topics=topics.get(each.review.id, ()), now=now))
            for each in work
        ]

    def _topics(self, work: Sequence[Work]) -> Mapping[UUID, tuple[TopicShare, ...]]:
        """The topics of each review by its id."""
        tenants = {each.review.tenant_id for each in work}
        found: dict[UUID, tuple[TopicShare, ...]] = {}
        for tenant in tenants:
            reviews = [each.review for each in work if each.review.tenant_id == tenant]
            if (assigning := self._assigning(tenant)) is not None:
                assigned = assigning.topics_of(reviews)
                found |= {review.id: topics for review, topics in zip(reviews, assigned.topics, strict=True)}
        return found

    def _assigning(self, tenant: UUID) -> Assigning | None:
        assert self._models is not None
        model = self._models.load(tenant)
        if model.fit is None:
            return None
        known = self._known.get(tenant)
        if known is None or known.model.version != model.version:
            known = self._known[tenant] = Assigning(model)
        return known
