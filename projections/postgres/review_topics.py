"""The review_topics read model: which topics each counted review has, and how surely."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from projections.clickhouse.contributions import TOPICS, before_and_after
from projections.decoder import Decoded, Record
from projections.postgres.projector import Changes, to_json
from projections.values import fixed


class ReviewTopicsProjector:
    """What counts last is what stands: the rows of a review are replaced with those of its last contribution.

    Reviews without topics, before and after, cost nothing.
    """

    name: ClassVar[str] = "review_topics"
    topics: ClassVar[frozenset[str]] = TOPICS
    tables: ClassVar[tuple[str, ...]] = ("review_topics",)
    statements: ClassVar[tuple[tuple[str, str], ...]] = (("clear", "cleared"), ("insert", "rows"))

    def prepare(self, events: Sequence[Decoded]) -> Changes:
        """The rows of the last event of each review; rows that stood before its first are cleared."""
        cleared: set[UUID] = set()
        rows: dict[UUID, list[Record]] = {}
        for decoded in events:
            before, after = before_and_after(decoded)
            if before is None and after is None:
                continue
            stream = decoded.at.stream_id
            if stream not in rows and before is not None and before["topics"]:
                cleared.add(stream)
            rows[stream] = _rows(decoded, after) if after is not None else []
        documents = {"cleared": list(cleared), "rows": [row for those in rows.values() for row in those]}
        return {name: to_json(those) for name, those in documents.items() if those}


def _rows(decoded: Decoded, what: Record) -> list[Record]:
    at = decoded.at
    ids = {"review_id": at.stream_id, "tenant_id": at.tenant_id, "position": at.position}
    return [
        {**ids, "topic_id": topic["topic_id"], "confidence": str(fixed(topic["confidence"], 4))}
        for topic in what["topics"]
    ]
