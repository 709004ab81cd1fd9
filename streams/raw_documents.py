"""Documents of the raw store: what they say of a review, and in which order they replace each other.

Every document has the version of the review's stream that it shows. A write only ever replaces what shows an earlier
one, so it does not matter who writes when: a worker that was overtaken finds nothing to replace.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from bson import ObjectId
from pymongo import ReplaceOne, UpdateOne
from pymongo.errors import BulkWriteError

from aggregates.ids import raw_review_id
from aggregates.review.aggregate import Review
from schemas.errors import TransientError
from schemas.events.review import FactsCorrected, ReviewCollected

DUPLICATE_KEY = 11000
Document: TypeAlias = dict[str, Any]
Replacement: TypeAlias = ReplaceOne[Document]
Correction: TypeAlias = UpdateOne


def document(review: Review) -> Document:
    """The raw review as the data model has it."""
    body = review.body
    return {
        "_id": ObjectId(raw_review_id(review.id)),
        "review_id": str(review.id),
        "tenant_id": str(review.tenant_id),
        "source_id": body.source,
        "external_id": body.external_id,
        "revision": review.revision,
        "title": body.title,
        "content": body.content,
        "rating": body.rating,
        "collected_at": body.collected_at,
        **_facts(body),
        "version": review.version,
    }


def tombstone(review_id: UUID, tenant_id: UUID, revision: int, version: int, withdrawn_at: datetime) -> Document:
    """What is left of a withdrawn review: nothing of what it said. Without it, a late write would bring the review back."""
    return {
        "_id": ObjectId(raw_review_id(review_id)),
        "review_id": str(review_id),
        "tenant_id": str(tenant_id),
        "revision": revision,
        "withdrawn_at": withdrawn_at,
        "version": version,
    }


def replacement(new: Document) -> Replacement:
    """Replaces what shows an earlier version, or adds the document."""
    # Where a later version stands, nothing matches, the upsert meets its _id, and that duplicate is success.
    return ReplaceOne({"_id": new["_id"], **_earlier(new["revision"], new["version"])}, new, upsert=True)


def correction(review_id: UUID, version: int, event: FactsCorrected) -> Correction:
    """Sets the facts where the document is of the same revision; the store step writes a later one with its own."""
    place = {"_id": ObjectId(raw_review_id(review_id)), "revision": event.revision}
    return UpdateOne(place | _earlier(event.revision, version), {"$set": {**_facts(event), "version": version}})


def settle(error: BulkWriteError) -> None:
    """Return if nothing but known ids was refused; raises TransientError when a majority did not confirm."""
    if any(not _is_known_id(each) for each in error.details.get("writeErrors", [])):
        raise error
    if error.details.get("writeConcernErrors"):
        raise TransientError("the raw store's majority did not confirm in time") from error


def _earlier(revision: int, version: int) -> Document:
    """Documents of releases before have no version."""
    unversioned = {"version": {"$exists": False}, "revision": {"$lte": revision}}
    return {"$or": [{"version": {"$lt": version}}, unversioned]}


def _facts(of: ReviewCollected | FactsCorrected) -> Document:
    """What a correction may change of a document."""
    author = of.author
    return {
        "platform": of.platform,
        "author": {"name": author.name, "id": author.id} if author else None,
        "date": of.published_at,
        "year_month": f"{of.published_at:%Y-%m}",
        "metadata": [{"name": name, "value": value} for name, value in of.metadata.items()],
    }


def _is_known_id(refused: Mapping[str, Any]) -> bool:
    return refused.get("code") == DUPLICATE_KEY and "_id" in refused.get("keyPattern", {"_id": 1})
