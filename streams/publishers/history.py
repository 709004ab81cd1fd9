"""History for somebody outside: events of the log, or a part of them, written to a topic of theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from connectors.kafka import Outgoing
from connectors.sender import Sender
from eventstore.model import RecordedEvent
from eventstore.pace import burst, paced
from schemas.errors import InvalidInput
from streams.publishers.publisher import cloud_event
from streams.topics import all_topics

BATCH = 2_000


def checked_name(topic: str) -> str:
    """Raises InvalidInput for a topic that reviewstream reads or writes itself: it would take history for news."""
    if topic in all_topics(1) or topic.startswith("steps."):
        raise InvalidInput(
            f"--to-topic: {topic} is one of reviewstream's own; name a topic of the consumer's", field="to_topic"
        )
    return topic


def publish_history(
    scan: Callable[..., Iterator[Sequence[RecordedEvent]]],
    sender: Sender,
    topic: str,
    filters: dict[str, Any],
    *,
    rate: float | None = None,
    published: Callable[[int, int], None] = lambda _count, _position: None,
) -> int:
    """Send the events that EventLog.scan finds with `filters` to `topic`; gives how many.

    Keys, values and headers are those of the public topics: original ids, times and positions, each review's events in
    order. `published` hears (events confirmed so far, the last one's position); it can be continued from there.
    """
    count = 0
    for events in paced(scan(**filters, batch=burst(BATCH, rate)), rate):
        sender.send([_outgoing(topic, event) for event in events])
        count += len(events)
        published(count, events[-1].position)
    return count


def _outgoing(topic: str, event: RecordedEvent) -> Outgoing:
    return Outgoing(topic, *cloud_event(event))
