"""The store step: the raw review into MongoDB, one document a review, whatever is repeated."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from pymongo import ReplaceOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from aggregates.ids import raw_review_id
from aggregates.review.aggregate import Review
from aggregates.review.commands import record_raw
from schemas.errors import TransientError
from streams.runtime.step import Done, Outcome, Work
from telemetry import failpoints

DUPLICATE_KEY = 11000


class Store:
    """Writes `collection.raw_reviews`. A document's _id follows from the review's id, so a repeat is the same one."""

    name = "store"

    def __init__(
        self, raw_reviews: Collection[dict[str, Any]], *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._raw, self._now = raw_reviews, now

    async def perform(self, work: Sequence[Work]) -> Sequence[Outcome]:
        """Durable in the raw store by majority. Older revisions never replace newer ones."""
        await asyncio.to_thread(self.write, [each.review for each in work])
        now = self._now()
        return [Done(record_raw(each.review, each.review.revision, now=now)) for each in work]

    def write(self, reviews: Sequence[Review]) -> None:
        """Durable when it returns. Raises the driver's errors, and TransientError."""
        first = [document(each) for each in reviews if each.revision == 1]
        later = [_replacement(document(each)) for each in reviews if each.revision > 1]
        if first:
            _ignoring_duplicates(lambda: self._raw.insert_many(first, ordered=False))
        if later:
            _ignoring_duplicates(lambda: self._raw.bulk_write(later, ordered=False))


def document(review: Review) -> dict[str, Any]:
    """The raw review as the data model has it."""
    body = review.body
    author = body.author
    return {
        "_id": ObjectId(raw_review_id(review.id)),
        "review_id": str(review.id),
        "tenant_id": str(review.tenant_id),
        "source_id": body.source,
        "platform": body.platform,
        "external_id": body.external_id,
        "revision": review.revision,
        "author": {"name": author.name, "id": author.id} if author else None,
        "title": body.title,
        "content": body.content,
        "rating": body.rating,
        "date": body.published_at,
        "year_month": f"{body.published_at:%Y-%m}",
        "metadata": [{"name": name, "value": value} for name, value in body.metadata.items()],
        "collected_at": body.collected_at,
    }


def _replacement(new: dict[str, Any]) -> ReplaceOne[dict[str, Any]]:
    # Where a newer revision stands, nothing matches, the upsert meets its _id, and that duplicate is success.
    return ReplaceOne({"_id": new["_id"], "revision": {"$lt": new["revision"]}}, new, upsert=True)


def _ignoring_duplicates(write: Callable[[], object]) -> None:
    try:
        failpoints.hit("raw.before_write")
        write()
        failpoints.hit("raw.written")
    except BulkWriteError as error:
        settle(error)


def settle(error: BulkWriteError) -> None:
    """Return if nothing but known ids was refused; raises TransientError when a majority did not confirm."""
    if any(not _is_known_id(each) for each in error.details.get("writeErrors", [])):
        raise error
    if error.details.get("writeConcernErrors"):
        raise TransientError("the raw store's majority did not confirm in time") from error


def _is_known_id(refused: Mapping[str, Any]) -> bool:
    return refused.get("code") == DUPLICATE_KEY and "_id" in refused.get("keyPattern", {"_id": 1})
