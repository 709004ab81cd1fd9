"""Which Kafka topic carries which contract, and which event triggers which step: as the contracts' routing has it."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.derived import derived
from schemas.registry import contracts, newest
from schemas.routing import Routing

INBOUND = "reviews.inbound"
DEADLETTER = "reviews.deadletter"
NOTIFICATIONS = "reviews.notifications"
STEPS = "steps.<step>"
"""The internal topics, one for each step of the saga."""


def carrier(contract_topic: str) -> str:
    """The Kafka topic of messages with that contract. Raises UnknownSchema."""
    return newest(contract_topic).routing.topic


@derived
def event_routings() -> Mapping[str, Routing]:
    """The routing of every type of event that the log may hold."""
    return {one.topic: one.routing for one in contracts().values() if one.routing.aggregate is not None}


@derived
def public_topics() -> Mapping[str, str]:
    """The public topic of every type of event: review.collected is published to reviews.collected."""
    return {event: routing.topic for event, routing in event_routings().items()}


@derived
def triggers() -> Mapping[str, str]:
    """The step that a type of event triggers; types that trigger none are left out."""
    return {event: one.next_step for event, one in event_routings().items() if one.next_step is not None}
