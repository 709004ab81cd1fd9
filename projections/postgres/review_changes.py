"""What a batch of events means for each review: the newest text, and the newest results on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from projections.decoder import Decoded
from schemas.events.review import ReviewProcessed, SentimentAnalyzed


@dataclass(slots=True)
class Change:
    """One review's share of a batch. Without `body` the results belong to an existing row.

    `fresh`: the review began in this batch, so it has no row yet.
    """

    review_id: UUID
    tenant_id: UUID
    revision: int
    position: int
    body: Decoded | None = None
    processed: Decoded | None = None
    sentiment: Decoded | None = None
    fresh: bool = False


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
    if revision > change.revision:
        change.revision, change.processed, change.sentiment = revision, None, None
    change.position = decoded.at.position
    if decoded.at.topic == ReviewProcessed.TOPIC:
        change.processed = decoded
    elif decoded.at.topic == SentimentAnalyzed.TOPIC:
        change.sentiment = decoded
    else:
        change.body, change.processed, change.sentiment = decoded, None, None
