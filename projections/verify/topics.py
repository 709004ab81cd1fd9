"""The tables of topics that the events imply."""

from __future__ import annotations

import hashlib
from uuid import UUID

from projections.decoder import Decoded, Record
from projections.values import fixed
from projections.verify.tally import Tallies
from schemas.events.review import AnalyticsRolledBack, AnalyticsUpdated, FactsCorrected, ReviewWithdrawn, TopicsAssigned
from schemas.events.topic_model import TopicModelEdited, TopicModelFitted


class ReviewTopicsFold:
    """The topics of each review that counts."""

    name = "review_topics"
    topics = frozenset(
        {
            AnalyticsUpdated.TOPIC, FactsCorrected.TOPIC, TopicsAssigned.TOPIC, AnalyticsRolledBack.TOPIC,
            ReviewWithdrawn.TOPIC,
        }
    )  # fmt: skip

    def __init__(self) -> None:
        self._rows: dict[UUID, tuple[UUID, int, list[Record]]] = {}

    def take(self, decoded: Decoded) -> None:
        """The last contribution stands, unless it was withdrawn; a correction may have none."""
        at, event = decoded
        if "contribution" not in event:
            self._rows.pop(at.stream_id, None)
        elif event["contribution"] is not None:
            self._rows[at.stream_id] = (at.tenant_id, at.position, event["contribution"]["topics"])

    def result(self, into: Tallies) -> None:
        """Rows of review_topics."""
        for stream, (tenant, position, topics) in self._rows.items():
            named = {topic["topic_id"]: topic for topic in reversed(topics)}
            for topic_id, topic in named.items():
                into["review_topics", tenant].add(stream, topic_id, fixed(topic["confidence"], 4), position)


class TopicsFold:
    """Every topic of every model, as the last event says that names it."""

    name = "topics"
    topics = frozenset({TopicModelFitted.TOPIC, TopicModelEdited.TOPIC})

    def __init__(self) -> None:
        self._topics: dict[tuple[UUID, str], tuple[Decoded, Record]] = {}

    def take(self, decoded: Decoded) -> None:
        """A fit says all topics, an edit those that changed."""
        stream, event = decoded.at.stream_id, decoded.event
        for topic in event.get("topics", []):
            self._topics[stream, topic["topic_id"]] = (decoded, topic)
        for change in event.get("changes", []):
            if change["after"] is None:
                self._topics.pop((stream, change["topic_id"]), None)
            else:
                self._topics[stream, change["topic_id"]] = (decoded, change["after"])

    def result(self, into: Tallies) -> None:
        """Rows of topics."""
        for (stream, topic_id), ((at, _), topic) in self._topics.items():
            words = (_hashed(topic["name"]), _hashed(" ".join(topic["keywords"])))
            flags = tuple(int(topic[name]) for name in ("hidden", "pinned", "divided"))
            places = (topic["merged_into"], topic["parent"], " ".join(topic["examples"]))
            into["topics", at.tenant_id].add(
                stream, topic_id, *words, topic["size"], *flags, *places, at.version, at.position
            )


def _hashed(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
