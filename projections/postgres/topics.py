"""The topics read model: a tenant's topics as they are named and arranged now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from projections.decoder import Decoded, Record
from projections.postgres.projector import Changes, to_json
from schemas.events.topic_model import TopicModelEdited, TopicModelFitted

TOLD = ("topic_id", "name", "keywords", "size", "coherence", "stability", "hidden", "pinned", "merged_into", "parent")


class TopicsProjector:
    """A fit names all topics, an edit those that changed. `review_id` is the stream, which is the topic model's."""

    name: ClassVar[str] = "topics"
    topics: ClassVar[frozenset[str]] = frozenset({TopicModelFitted.TOPIC, TopicModelEdited.TOPIC})
    tables: ClassVar[tuple[str, ...]] = ("topics",)
    statements: ClassVar[tuple[tuple[str, str], ...]] = (("remove", "removed"), ("upsert", "rows"))

    def prepare(self, events: Sequence[Decoded]) -> Changes:
        """The last word on each topic."""
        last: dict[tuple[UUID, str], Record | None] = {}
        for decoded in events:
            for topic_id, topic in _changes(decoded):
                last[decoded.at.stream_id, topic_id] = None if topic is None else _row(decoded, topic)
        documents = {
            "removed": [{"review_id": stream, "topic_id": topic} for (stream, topic), row in last.items() if not row],
            "rows": [row for row in last.values() if row],
        }
        return {name: to_json(those) for name, those in documents.items() if those}


def _changes(decoded: Decoded) -> list[tuple[str, Record | None]]:
    if decoded.at.topic == TopicModelFitted.TOPIC:
        return [(topic["topic_id"], topic) for topic in decoded.event["topics"]]
    return [(change["topic_id"], change["after"]) for change in decoded.event["changes"]]


def _row(decoded: Decoded, topic: Record) -> Record:
    at = decoded.at
    ids = {"review_id": at.stream_id, "tenant_id": at.tenant_id, "version": at.version, "position": at.position}
    return {**ids, **{name: topic[name] for name in TOLD}, "split": topic["divided"], "examples": topic["examples"]}
