"""The tailer's publishers: handlers of the event log that feed the step topics and the public topics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from uuid import UUID

from connectors.kafka import Outgoing
from eventstore.model import RecordedEvent
from eventstore.positions import Positions
from schemas.cloudevents import standing_headers
from schemas.codec import encode
from schemas.messages import StepBatch, StepItem
from streams.deadletters import Sender
from streams.topics import TRIGGERS, partition_of, public_topic, step_topic
from telemetry.tracing import traceparent

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
        self._positions.move(self.name, events[-1].position)


def step_messages(partitions: int) -> Convert:
    """The triggers among events as step work."""

    def convert(events: Sequence[RecordedEvent]) -> Iterable[Outgoing]:
        steps = ((TRIGGERS.get(event.topic), event) for event in events)
        return step_work([(step, _item(event)) for step, event in steps if step is not None], partitions)

    return convert


def step_work(work: Iterable[tuple[str, StepItem]], partitions: int) -> Iterable[Outgoing]:
    """Work of one step and partition, packed up to PACK a message, in the order given."""
    packs: dict[tuple[str, int], list[StepItem]] = {}
    for step, item in work:
        packs.setdefault((step, partition_of(item.stream_id, partitions)), []).append(item)
    for (step, partition), items in packs.items():
        for start in range(0, len(items), PACK):
            batch = StepBatch(items=tuple(items[start : start + PACK]))
            yield Outgoing(step_topic(step), None, encode(batch), partition=partition)


def public_messages(events: Sequence[RecordedEvent]) -> Iterable[Outgoing]:
    """Every event as one CloudEvent keyed by review; the value is the log's own bytes."""
    for event in events:
        review = str(event.stream_id).encode()
        yield Outgoing(public_topic(event.topic), review, event.state, _headers(event, review))


def _item(event: RecordedEvent) -> StepItem:
    return StepItem(
        position=event.position,
        tenant_id=event.tenant_id,
        stream_id=event.stream_id,
        version=event.version,
        event_id=event.event_id,
        correlation_id=event.correlation_id,
    )


def _headers(event: RecordedEvent, review: bytes) -> list[tuple[str, bytes]]:
    """Six messages a review: what is the same for all of a type or of a tenant is made once."""
    found = [
        *standing_headers(event.topic),
        ("ce_id", str(event.event_id).encode()),
        ("ce_subject", review),
        ("ce_time", event.recorded_at.isoformat().encode()),
        ("ce_tenantid", _text(event.tenant_id)),
        ("ce_version", b"%d" % event.version),
        ("ce_position", b"%d" % event.position),
    ]
    if event.causation_id:
        found.append(("ce_causationid", str(event.causation_id).encode()))
    if event.correlation_id:
        found.append(("ce_correlationid", str(event.correlation_id).encode()))
        found.append(("ce_traceparent", traceparent(event.correlation_id, event.event_id).encode()))
    return found


@lru_cache(maxsize=10_000)
def _text(tenant_id: UUID) -> bytes:
    return str(tenant_id).encode()
