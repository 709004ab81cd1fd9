"""The analytics step: settles what a review counts for. ClickHouse is written by the projections, from this event."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from aggregates.review.commands import update_analytics
from streams.runtime.step import Done, Outcome, Work


class Analytics:
    """Topics come from a topic model when there is one; until then a review has none."""

    name = "analytics"

    def __init__(self, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now

    async def perform(self, work: Sequence[Work]) -> Sequence[Outcome]:
        """Pure: the event itself is the effect."""
        now = self._now()
        return [Done(update_analytics(each.review, each.review.revision, now=now)) for each in work]
