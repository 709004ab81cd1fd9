"""The tailer's publishers: handlers of the event log that feed the step topics and the public topics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from connectors.kafka import Outgoing
from eventstore.model import RecordedEvent
from eventstore.positions import Positions
from schemas import failpoints
from schemas.cloudevents import headers
from schemas.codec import encode
from schemas.messages import StepBatch, StepItem
from streams.deadletters import Sender
from streams.topics import TRIGGERS, partition_of, public_topic, step_topic

PACK = 64
Convert = Callable[[Sequence[RecordedEvent]], Iterable[Outgoing]]


class Publisher:
    """Sends what `convert` makes of events; the position moves when the broker has confirmed all of it."""

    def __init__(self, name: str, convert: Convert, sender: Sender, positions: Positions) -> None:
        self.name, self._convert, self._sender, self._positions = name, convert, sender, positions

    def position(self) -> int:
        """The last position published."""
        return self._positions.get(self.name)

    def handle(self, events: Sequence[RecordedEvent]) -> None:
        """Publish, wait for the confirmations, move the position. A repeat publishes the same messages again."""
        messages = list(self._convert(events))
        if messages:
            self._sender.send(messages)
        failpoints.hit("publisher.sent")
        self._positions.move(self.name, events[-1].position)
        failpoints.hit("publisher.moved")


def step_messages(partitions: int) -> Convert:
    """Triggers of one step and partition, packed up to PACK a message, in order of position."""

    def convert(events: Sequence[RecordedEvent]) -> Iterable[Outgoing]:
        packs: dict[tuple[str, int], list[StepItem]] = {}
        for event in events:
            step = TRIGGERS.get(event.topic)
            if step is not None:
                packs.setdefault((step, partition_of(event.stream_id, partitions)), []).append(_item(event))
        for (step, partition), items in packs.items():
            for start in range(0, len(items), PACK):
                batch = StepBatch(items=tuple(items[start : start + PACK]))
                yield Outgoing(step_topic(step), None, encode(batch), partition=partition)

    return convert


def public_messages(events: Sequence[RecordedEvent]) -> Iterable[Outgoing]:
    """Every event as one CloudEvent keyed by review; the value is the log's own bytes."""
    for event in events:
        review = str(event.stream_id)
        yield Outgoing(public_topic(event.topic), review.encode(), event.state, _headers(event, review))


def _item(event: RecordedEvent) -> StepItem:
    return StepItem(
        position=event.position,
        tenant_id=event.tenant_id,
        stream_id=event.stream_id,
        version=event.version,
        event_id=event.event_id,
        correlation_id=event.correlation_id,
    )


def _headers(event: RecordedEvent, review: str) -> list[tuple[str, bytes]]:
    extensions = {"version": str(event.version), "position": str(event.position)}
    if event.causation_id:
        extensions["causationid"] = str(event.causation_id)
    if event.correlation_id:
        extensions["correlationid"] = str(event.correlation_id)
    return headers(
        event.event_id,
        event.topic,
        subject=review,
        time=event.recorded_at,
        tenant=str(event.tenant_id),
        extensions=extensions,
    )
