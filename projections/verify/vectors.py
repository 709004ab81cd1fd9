"""The vectors that the events imply."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from projections.decoder import Decoded
from projections.verify.tally import Tallies
from schemas.events.review import ReviewProcessed, ReviewRevised, ReviewWithdrawn


@dataclass(slots=True)
class _Vector:
    tenant: UUID
    row: tuple[object, ...]


class VectorsFold:
    """Some hundred bytes for each review with a vector."""

    name = "analytics"
    topics = frozenset({ReviewProcessed.TOPIC, ReviewRevised.TOPIC, ReviewWithdrawn.TOPIC})

    def __init__(self) -> None:
        self._vectors: dict[UUID, _Vector] = {}

    def take(self, decoded: Decoded) -> None:
        """The newest analysis has it, until the text changes or is withdrawn."""
        at, event = decoded
        self._vectors.pop(at.stream_id, None)
        embedding = event.get("embedding")
        if embedding is not None and any(embedding["vector"]):
            content = hashlib.md5(embedding["vector"], usedforsecurity=False).hexdigest()
            row = (embedding["encoder"], event["language"], content, event["revision"], at.position)
            self._vectors[at.stream_id] = _Vector(at.tenant_id, row)

    def result(self, into: Tallies) -> None:
        """Rows of review_vectors."""
        for stream, found in self._vectors.items():
            into["review_vectors", found.tenant].add(stream, *found.row)
