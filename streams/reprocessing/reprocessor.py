"""Requests another analysis of reviews, a few at a time, so that new reviews need not queue.

The event log is the only state: a review with a request for this version is only waited for. So a run that was
killed resumes when it is started again, and two concurrent runs request each review once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from uuid import UUID

from aggregates.review.aggregate import Review
from aggregates.review.commands import request_reprocessing
from aggregates.review.saga import DONE, STEPS
from connectors.retry import retrying
from schemas.errors import NotAllowed, Unavailable
from streams.reprocessing.run_options import Candidate, Order, Sagas, Seen, Tally
from streams.runtime.reviews import Change, Reviews

ROUNDS = 5
EVERY = 0.05
"""Seconds between polls of the reviews in flight."""


class Reprocessor:
    """One run. `tally` is its progress."""

    def __init__(
        self, reviews: Reviews, sagas: Sagas, order: Order, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._reviews, self._sagas, self._order, self._now = reviews, sagas, order, now
        self._in_flight: dict[UUID, Review] = {}
        self._began = self._last = self._asked = self._rested = time.monotonic()
        self.tally = Tally()

    async def run(
        self, candidates: Iterator[Candidate], *, wait: bool = True, moved: Callable[[Tally], None] = lambda _: None
    ) -> Tally:
        """Request all, and by default `wait` for the last ones too; `moved` is called with the progress.

        Raises Unavailable when none finishes for as long as the order allows; starting the run again resumes it.
        """
        exhausted = False
        while not exhausted or (wait and self._in_flight):
            capacity = 0 if exhausted else self._capacity()
            batch = await asyncio.to_thread(list, islice(candidates, capacity)) if capacity else []
            exhausted = exhausted or len(batch) < capacity
            await self._ask(batch)
            exhausted = exhausted or self.tally.asked == self._order.limit
            await self._settle()
            moved(self.tally)
            if not batch:
                await asyncio.sleep(EVERY)
        return self.tally

    def _capacity(self) -> int:
        """How many may be requested now.

        Few large batches cost the workers less than many small ones, and leave gaps for new reviews: so
        most of a batch finishes before the next one begins.
        """
        order, asked = self._order, self.tally.asked
        if self._crowded() or time.monotonic() < self._rested:
            return 0
        bounds = [(order.in_flight if self.tally.analysed else 1) - len(self._in_flight)]
        if order.limit is not None:
            bounds.append(order.limit - asked)
        if order.rate is not None:
            bounds.append(1 + int((time.monotonic() - self._began) * order.rate) - asked)
        return max(0, min(bounds))

    def _crowded(self) -> bool:
        return len(self._in_flight) > self._order.in_flight // 4

    async def _ask(self, candidates: Sequence[Candidate]) -> None:
        for _ in range(ROUNDS):
            if not candidates:
                return
            candidates = await self._ask_once(candidates)
        self.tally.refused += len(candidates)

    async def _ask_once(self, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """Append the requests; returns the candidates whose review changed meanwhile."""
        ids = {each.review_id for each in candidates}
        reviews = await retrying(lambda: self._reviews.read(ids), what="reprocess.read")
        decided = [(each, self._change(reviews[each.review_id])) for each in candidates]
        changes = {change.review.id: change for _, change in decided if change is not None}
        if not changes:
            return ()
        refused = await retrying(lambda: self._reviews.append(list(changes.values())), what="reprocess.append")
        for review_id in changes.keys() - refused:
            self._track(changes[review_id].review.after(changes[review_id].events))
            self.tally.asked += 1
        return [each for each in candidates if each.review_id in refused]

    def _change(self, review: Review) -> Change | None:
        """The request, or None if there is nothing to request; then it is counted."""
        order = self._order
        try:
            events = request_reprocessing(
                review, order.processing_version, reason=order.reason, run_id=str(order.run_id), now=self._now()
            )
        except NotAllowed:
            if order.processing_version in review.analysed_by:
                self.tally.replaced += 1
            else:
                self.tally.incomplete += 1
            return None
        if events:
            return Change(review, events, correlation_id=order.run_id)
        self._count_known(review)
        return None

    def _count_known(self, review: Review) -> None:
        """Count a review that has a request for this version already."""
        if review.step == DONE:
            self.tally.already += 1
        elif review.quiet and review.step in STEPS and review.not_before is None:
            self.tally.underway += 1
            self._track(review)
        else:
            self.tally.incomplete += 1

    def _track(self, review: Review) -> None:
        self._asked = time.monotonic()
        if not self._in_flight:
            self._last = self._asked
        self._in_flight[review.id] = review

    async def _settle(self) -> None:
        """Count the finished reviews, and make room for others."""
        if not self._in_flight:
            return
        seen = await retrying(
            lambda: asyncio.to_thread(self._sagas.states, list(self._in_flight)), what="reprocess.states"
        )
        crowded = self._crowded()
        for review_id, state in seen.items():
            if self._finished(self._in_flight[review_id], state):
                del self._in_flight[review_id]
                self._last = time.monotonic()
        if crowded and not self._crowded():
            self._rested = self._last + (self._last - self._asked) * self._order.rest
        if time.monotonic() - self._last > self._order.patience:
            raise Unavailable(self._stuck())

    def _finished(self, review: Review, seen: Seen) -> bool:
        """Whether it is no longer in flight; the read model may still show its state before the request."""
        if seen.version < review.version or not (seen.done or seen.troubled or seen.revision > review.revision):
            return False
        if seen.revision > review.revision:
            self.tally.revised += 1
        elif seen.done:
            self.tally.analysed += 1
        else:
            self.tally.troubled += 1
        return True

    def _stuck(self) -> str:
        order = self._order
        return (
            f"none of {len(self._in_flight)} requested reviews finished within {order.patience:.0f} s. "
            f"`reviewstream status` shows what waits. If it is nlp: do its workers run with "
            f"REVIEWSTREAM_PROCESSING_VERSION={order.processing_version}? The same command resumes where this one ended"
        )
