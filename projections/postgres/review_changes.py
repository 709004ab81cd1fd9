"""What a batch of events means for each review: the newest text, the newest facts and results on it, or its withdrawal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from projections.decoder import Decoded
from schemas.events.review import (
    FactsCorrected,
    ReviewCollected,
    ReviewProcessed,
    ReviewRevised,
    ReviewWithdrawn,
    SentimentAnalyzed,
)

BODIES = frozenset({ReviewCollected.TOPIC, ReviewRevised.TOPIC})
PARTS = {
    **dict.fromkeys(BODIES, "body"),
    FactsCorrected.TOPIC: "facts",
    ReviewProcessed.TOPIC: "processed",
    SentimentAnalyzed.TOPIC: "sentiment",
}
"""Which part of a change an event is."""


@dataclass(slots=True)
class Change:
    """One review's share of a batch. Without `body` facts and results belong to an existing row.

    `facts` are corrections of the body or row. `fresh`: the review began in this batch, so it has no row yet.
    `withdrawn`: it ends without a row.
    """

    review_id: UUID
    tenant_id: UUID
    revision: int
    position: int
    body: Decoded | None = None
    facts: Decoded | None = None
    processed: Decoded | None = None
    sentiment: Decoded | None = None
    fresh: bool = False
    withdrawn: bool = False


def changes(events: Sequence[Decoded]) -> list[Change]:
    """One change for each review in the events, in order of first appearance."""
    found: dict[UUID, Change] = {}
    for decoded in events:
        change = found.get(decoded.at.stream_id)
        if change is None:
            change = found[decoded.at.stream_id] = _new(decoded)
        if decoded.event["revision"] >= change.revision:
            _note(change, decoded)
    return list(found.values())


def _new(decoded: Decoded) -> Change:
    at = decoded.at
    return Change(at.stream_id, at.tenant_id, decoded.event["revision"], at.position, fresh=at.version == 1)


def _note(change: Change, decoded: Decoded) -> None:
    revision = decoded.event["revision"]
    topic = decoded.at.topic
    if revision > change.revision or topic in BODIES or topic == ReviewWithdrawn.TOPIC:
        change.body = change.facts = change.processed = change.sentiment = None
    change.revision, change.position = revision, decoded.at.position
    change.withdrawn = topic == ReviewWithdrawn.TOPIC or (change.withdrawn and topic not in BODIES)
    if topic in PARTS:
        setattr(change, PARTS[topic], decoded)
