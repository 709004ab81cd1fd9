"""Which Kafka topic carries which contract."""

from __future__ import annotations

from functools import cache

INBOUND = "reviews.inbound"
DEADLETTER = "reviews.deadletter"
NOTIFICATIONS = "reviews.notifications"
STEPS = "steps.<step>"
"""The internal topics, one for each step of the saga."""

_OF_MESSAGES = {
    "inbound.review": INBOUND,
    "deadletter.message": DEADLETTER,
    "notification.review": NOTIFICATIONS,
    "step.batch": STEPS,
}


@cache
def public_topic(event_topic: str) -> str:
    """The public topic of an event type: review.collected is published to reviews.collected."""
    return "reviews." + event_topic.removeprefix("review.")


def carrier(contract_topic: str) -> str:
    """The Kafka topic of messages with that contract."""
    return _OF_MESSAGES.get(contract_topic) or public_topic(contract_topic)
