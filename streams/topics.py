"""The names of the topics, and which event starts which step."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from schemas import topics

INBOUND, DEADLETTER, NOTIFICATIONS = topics.INBOUND, topics.DEADLETTER, topics.NOTIFICATIONS
public_topic = topics.public_topic

GROUP = "reviewstream"
"""What the name of every consumer group of streams workers begins with."""

TRIGGERS: Mapping[str, str] = {
    "review.collected": "store",
    "review.revised": "store",
    "review.raw_stored": "nlp",
    "review.sentiment_analyzed": "analytics",
    "review.analytics_updated": "notify",
    "review.reprocessing_requested": "nlp",
    "review.step_failed": "compensate",
}
PUBLIC_EVENTS = (
    "collected",
    "revised",
    "raw_stored",
    "processed",
    "sentiment_analyzed",
    "analytics_updated",
    "subscribers_notified",
    "step_failed",
    "analytics_rolled_back",
    "marked_for_retry",
    "abandoned",
    "reprocessing_requested",
)


def step_topic(step: str) -> str:
    """The internal topic that feeds a step."""
    return f"steps.{step}"


def carriers(contract_topic: str) -> list[str]:
    """Every topic whose messages have that contract: one, or for step work those of all steps."""
    topic = topics.carrier(contract_topic)
    return [step_topic(step) for step in sorted(set(TRIGGERS.values()))] if topic == topics.STEPS else [topic]


def partition_of(stream_id: UUID, partitions: int) -> int:
    """The partition of a review in the step topics: its id is a hash already."""
    return stream_id.int % partitions


def all_topics(partitions: int) -> dict[str, int]:
    """Every topic with its number of partitions."""
    names = [INBOUND, DEADLETTER, NOTIFICATIONS]
    names += [step_topic(step) for step in sorted(set(TRIGGERS.values()))]
    names += [f"reviews.{event}" for event in PUBLIC_EVENTS]
    return dict.fromkeys(names, partitions)
