"""The store step: the raw review into MongoDB, one document a review, whatever is repeated."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from aggregates.review.aggregate import Review
from aggregates.review.commands import record_raw
from streams.raw_documents import document, replacement, settle
from streams.runtime.step import Done, Outcome, Work
from telemetry import failpoints


class Store:
    """Writes `collection.raw_reviews`. A document's _id follows from the review's id, so a repeat is the same one."""

    name = "store"

    def __init__(
        self, raw_reviews: Collection[dict[str, Any]], *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._raw, self._now = raw_reviews, now

    async def perform(self, work: Sequence[Work]) -> Sequence[Outcome]:
        """Durable in the raw store by majority. Earlier versions never replace later ones."""
        await asyncio.to_thread(self.write, [each.review for each in work])
        now = self._now()
        return [Done(record_raw(each.review, each.review.revision, now=now)) for each in work]

    def write(self, reviews: Sequence[Review]) -> None:
        """Durable when it returns. Raises the driver's errors, and TransientError."""
        first = [document(each) for each in reviews if _is_first(each)]
        later = [replacement(document(each)) for each in reviews if not _is_first(each)]
        if first:
            _ignoring_duplicates(lambda: self._raw.insert_many(first, ordered=False))
        if later:
            _ignoring_duplicates(lambda: self._raw.bulk_write(later, ordered=False))


def _is_first(review: Review) -> bool:
    """Whether nothing that it could replace was ever written; to insert is cheaper."""
    return review.revision == 1 and review.corrections == 0


def _ignoring_duplicates(write: Callable[[], object]) -> None:
    try:
        failpoints.hit("raw.before_write")
        write()
        failpoints.hit("raw.written")
    except BulkWriteError as error:
        settle(error)
