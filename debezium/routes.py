"""How the outbox finds an event's public topic: by one pattern for each kind of stream, as the contracts' routing has it.

Debezium's EventRouter derives the topic from one column by one pattern, and public topics of different aggregates begin
differently. So ours makes the type of the event the topic, and a RegexRouter for each aggregate makes the public topic of it.
"""

from __future__ import annotations

import re

from schemas.routing import prefix_of
from schemas.topics import event_routings

ROUTER = "org.apache.kafka.connect.transforms.RegexRouter"


def names() -> str:
    """The transformations, as the connector's list of them has it."""
    return ",".join(_name(aggregate) for aggregate in _prefixes())


def routes(label: str) -> dict[str, str]:
    """Their configuration. `label` begins the names of all topics."""
    config: dict[str, str] = {}
    for aggregate, prefix in _prefixes().items():
        key = f"transforms.{_name(aggregate)}"
        config |= {
            f"{key}.type": ROUTER,
            f"{key}.regex": rf"{aggregate}\.(.+)",
            f"{key}.replacement": f"{label}{prefix}.$1",
            f"{key}.predicate": "routed",
        }
    return config


def public(label: str) -> str:
    """A pattern of the public topics that this release has."""
    topics = sorted(label + routing.topic for routing in event_routings().values())
    return f"(?:{'|'.join(map(re.escape, topics))})"


def _prefixes() -> dict[str, str]:
    return {str(routing.aggregate): prefix_of(routing) for routing in event_routings().values()}


def _name(aggregate: str) -> str:
    return f"route_{aggregate}"
