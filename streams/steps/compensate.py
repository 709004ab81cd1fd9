"""The compensate step: what a failed review counted for is withdrawn, then it is marked for a retry or abandoned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import structlog

from aggregates.review.compensation import compensate
from aggregates.review.saga import COMPENSATE
from schemas.events.review import ReviewAbandoned
from streams.runtime.step import Done, Outcome, Work

log = structlog.get_logger(__name__)


class Compensate:
    """A review is tried `max_attempts` times, after `backoff`, twice that, and so on up to `longest`."""

    name = COMPENSATE

    def __init__(
        self,
        *,
        max_attempts: int,
        backoff: timedelta,
        longest: timedelta,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._max_attempts, self._backoff, self._longest, self._now = max_attempts, backoff, longest, now

    async def perform(self, work: Sequence[Work]) -> Sequence[Outcome]:
        """Pure: the events themselves are the effect. What is given up is logged for investigation."""
        now = self._now()
        return [Done(self._events(each, now)) for each in work]

    def _events(self, work: Work, now: datetime) -> tuple[object, ...]:
        events = compensate(
            work.review, max_attempts=self._max_attempts, backoff=self._backoff, longest=self._longest, now=now
        )
        for event in events:
            if isinstance(event, ReviewAbandoned):
                about = {"review": str(work.review.id), "tenant": str(work.review.tenant_id)}
                log.error("review.abandoned", step=event.step, attempts=event.attempts, reason=event.reason, **about)
        return events
