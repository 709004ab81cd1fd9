"""Asks for reviews to be analysed anew, a few at a time, so that reviews that come in meanwhile need not queue.

Nothing is kept but the event log: a review that was asked for its version already is only waited for. So a run that was
killed goes on when it is started again, and two runs at once ask each review once.
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
"""Seconds between looks at the reviews in flight."""


class Reprocessor:
    """One run. `tally` is how far it is."""

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
        """Ask for all, and unless told otherwise `wait` for the last ones too; `moved` hears of the progress.

        Raises Unavailable when none comes through for as long as the order allows: the same run again goes on.
        """
        exhausted = False
        while not exhausted or (wait and self._in_flight):
            room = 0 if exhausted else self._room()
            batch = await asyncio.to_thread(list, islice(candidates, room)) if room else []
            exhausted = exhausted or len(batch) < room
            await self._ask(batch)
            exhausted = exhausted or self.tally.asked == self._order.limit
            await self._settle()
            moved(self.tally)
            if not batch:
                await asyncio.sleep(EVERY)
        return self.tally

    def _room(self) -> int:
        """How many may be asked for now.

        Few large batches cost the workers less than many small ones, and leave them gaps in which others go first: so
        most of a batch comes through before the next one begins.
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
        """Append the requests; those whose review changed meanwhile are given back."""
        ids = {each.review_id for each in candidates}
        reviews = await retrying(lambda: self._reviews.read(ids), what="reprocess.read")
        decided = [(each, self._change(reviews[each.review_id])) for each in candidates]
        changes = {change.review.id: change for _, change in decided if change is not None}
        if not changes:
            return ()
        refused = await retrying(lambda: self._reviews.append(list(changes.values())), what="reprocess.append")
        for review_id in changes.keys() - refused:
            self._launch(changes[review_id].review.after(changes[review_id].events))
            self.tally.asked += 1
        return [each for each in candidates if each.review_id in refused]

    def _change(self, review: Review) -> Change | None:
        """The request, or None where there is nothing to ask for; then it is counted."""
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
        """It was asked for this version before."""
        if review.step == DONE:
            self.tally.already += 1
        elif review.quiet and review.step in STEPS and review.not_before is None:
            self.tally.underway += 1
            self._launch(review)
        else:
            self.tally.incomplete += 1

    def _launch(self, review: Review) -> None:
        self._asked = time.monotonic()
        if not self._in_flight:
            self._last = self._asked
        self._in_flight[review.id] = review

    async def _settle(self) -> None:
        """Count who came through, and let others take their places."""
        if not self._in_flight:
            return
        seen = await retrying(lambda: asyncio.to_thread(self._sagas.look, list(self._in_flight)), what="reprocess.look")
        crowded = self._crowded()
        for review_id, where in seen.items():
            if self._through(self._in_flight[review_id], where):
                del self._in_flight[review_id]
                self._last = time.monotonic()
        if crowded and not self._crowded():
            self._rested = self._last + (self._last - self._asked) * self._order.rest
        if time.monotonic() - self._last > self._order.patience:
            raise Unavailable(self._stuck())

    def _through(self, review: Review, seen: Seen) -> bool:
        """Whether it left the flight; the read model may still show how it stood before it was asked."""
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
            f"none of {len(self._in_flight)} requested reviews came through within {order.patience:.0f} s. "
            f"`reviewstream status` shows what waits. If it is nlp: do its workers run with "
            f"REVIEWSTREAM_PROCESSING_VERSION={order.processing_version}? The same command goes on where this one ended"
        )
