"""Documents that other clients wrote into the raw store, as inbound messages, which are validated like any other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from connectors.kafka import Outgoing
from schemas.cloudevents import INBOUND_TYPE, JSON, headers
from schemas.topics import INBOUND

COLLECTION = "raw_reviews"
MOST_BYTES = 1_000_000
FOREIGN: Mapping[str, Any] = {"review_id": {"$exists": False}}
"""Selects other clients' documents: the store step adds the review's id to each of its own."""
SAME = ("platform", "title", "content", "rating", "best_rating", "worst_rating", "language", "url")
Document = Mapping[str, Any]


def message(document: Document) -> Outgoing:
    """A document as a CloudEvent keyed by its `_id`, so that its changes stay in order; the id is a function of the document.

    What is no review is sent as it is: validation reports what is wrong with it, and it is dead-lettered.
    """
    value = json.dumps(review(document), default=_text).encode()
    if len(value) > MOST_BYTES:
        problem = f"the document is larger than a message may be: {len(value)} bytes of {MOST_BYTES}"
        return _outgoing(document, value[:MOST_BYTES], {"problem": problem})
    return _outgoing(document, value, {})


def review(document: Document) -> dict[str, Any]:
    """The fields of an inbound review, by the data model's names for them. `_id` replaces a missing external id."""
    author, metadata = document.get("author"), document.get("metadata")
    given = {
        "source": document.get("source_id"),
        "external_id": document.get("external_id") or str(document["_id"]),
        "published_at": document.get("date"),
        "metadata": _pairs(metadata),
        **({"author_name": author.get("name"), "author_id": author.get("id")} if isinstance(author, Mapping) else {}),
        **{name: document.get(name) for name in SAME},
    }
    return {name: value for name, value in given.items() if value is not None}


def _pairs(metadata: Any) -> Any:
    """Metadata, from the raw store's `[{name, value}]` or from a document."""
    listed = isinstance(metadata, list) and all(isinstance(one, Mapping) and "name" in one for one in metadata)
    return {str(one["name"]): one.get("value") for one in metadata} if listed else metadata


def _text(value: Any) -> str:
    """Times, ids and decimals, as text that validation accepts."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _outgoing(document: Document, value: bytes, extensions: Mapping[str, str]) -> Outgoing:
    key = str(document["_id"])
    tenant = "".join(filter(str.isprintable, str(document.get("tenant_id", ""))))[:200]
    attributes = headers(
        uuid5(NAMESPACE_URL, f"raw_reviews/{tenant}/{key}/{value!r}"),
        INBOUND_TYPE,
        subject="a document of the raw store",
        time=datetime.now(UTC),
        tenant=tenant,
        content_type=JSON,
        extensions=extensions,
    )
    return Outgoing(INBOUND, key.encode(), value, attributes)
