"""The names of the topics, with those that follow from the contracts."""

from __future__ import annotations

from uuid import UUID

from schemas import topics
from schemas.topics import public_topics, triggers

INBOUND, DEADLETTER, NOTIFICATIONS = topics.INBOUND, topics.DEADLETTER, topics.NOTIFICATIONS

GROUP = "reviewstream"
"""What the name of every consumer group of streams workers begins with."""


def step_topic(step: str) -> str:
    """The internal topic that feeds a step."""
    return f"steps.{step}"


def step_topics() -> list[str]:
    """Those of all steps that some event triggers."""
    return [step_topic(step) for step in sorted(set(triggers().values()))]


def carriers(contract_topic: str) -> list[str]:
    """Every topic whose messages have that contract: one, or for step work those of all steps."""
    topic = topics.carrier(contract_topic)
    return step_topics() if topic == topics.STEPS else [topic]


def partition_of(stream_id: UUID, partitions: int) -> int:
    """The partition of a review in the step topics: its id is a hash already."""
    return stream_id.int % partitions


def all_topics(partitions: int) -> dict[str, int]:
    """Every topic with its number of partitions."""
    names = [INBOUND, DEADLETTER, NOTIFICATIONS, *step_topics(), *public_topics().values()]
    return dict.fromkeys(names, partitions)
