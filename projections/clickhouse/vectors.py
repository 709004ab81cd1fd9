"""Rows of review_vectors: the newest vector of each review, or that it has none any more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from projections.decoder import Decoded
from schemas.events.review import ReviewProcessed, ReviewRevised, ReviewWithdrawn

TOPICS = frozenset({ReviewProcessed.TOPIC, ReviewRevised.TOPIC, ReviewWithdrawn.TOPIC})
"""An analysis brings a vector or takes it away; another text and a withdrawal take it away."""
COLUMNS = "tenant_id, review_id, encoder, language, vector, revision, position, is_deleted"


def vectors(events: Sequence[Decoded]) -> list[tuple[Any, ...]]:
    """The last row of each review in the order of COLUMNS, deleted or not."""
    found: dict[UUID, tuple[Any, ...]] = {}
    for decoded in events:
        if decoded.at.topic in TOPICS:
            found[decoded.at.stream_id] = _row(decoded)
    return list(found.values())


def lean(decoded: Decoded) -> Decoded:
    """The event without what this read model has no use for: a batch of whole analyses would fill the memory."""
    if decoded.at.topic not in {ReviewProcessed.TOPIC, ReviewRevised.TOPIC}:
        return decoded
    kept = ("revision", "language", "embedding")
    return Decoded(decoded.at, {name: decoded.event[name] for name in kept if name in decoded.event})


def _row(decoded: Decoded) -> tuple[Any, ...]:
    at, event = decoded
    embedding = event.get("embedding")
    # Of zeros alone there is no direction, so nothing is near it or far from it.
    if embedding is None or not any(embedding["vector"]):
        return (at.tenant_id, at.stream_id, "", "", [], event["revision"], at.position, 1)
    numbers = memoryview(embedding["vector"]).cast("b").tolist()
    return (
        *(at.tenant_id, at.stream_id, embedding["encoder"], event["language"], numbers),
        *(event["revision"], at.position, 0),
    )
