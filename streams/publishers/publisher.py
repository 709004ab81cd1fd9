"""The tailer's publishers: handlers of the event log that feed step topics, public topics and the raw store."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Generic, Protocol, TypeVar
from uuid import UUID

import structlog

from connectors.isolate import isolate
from connectors.kafka import Outgoing
from eventstore.model import RecordedEvent
from eventstore.parking import ParkedStream, PoisonEvent
from eventstore.positions import Positions
from schemas.cloudevents import constant_headers
from schemas.codec import encode
from schemas.errors import PermanentError
from schemas.messages import StepBatch, StepItem
from schemas.topics import public_topics, triggers
from streams.topics import partition_of, step_topic
from telemetry import failpoints
from telemetry.error_text import safe_text
from telemetry.metrics import PARKED

log = structlog.get_logger(__name__)
PACK = 64
M = TypeVar("M")
M_contra = TypeVar("M_contra", contravariant=True)
Convert = Callable[[Sequence[RecordedEvent]], Iterable[M]]


class Streams(Protocol):
    """Where whole streams are read; eventstore.log.EventLog."""

    def read_streams(self, stream_ids: Collection[UUID]) -> dict[UUID, list[RecordedEvent]]:
        """The events of each stream by version."""
        ...


class Receiver(Protocol[M_contra]):
    """Where messages go; connectors.kafka.ConfirmingProducer, streams.publishers.raw_store.RawStoreWriter."""

    def send(self, messages: Sequence[M_contra], /) -> object:
        """Durable when it returns. Raises PermanentError for a message that is refused for good."""
        ...


class Publisher(Generic[M]):
    """Sends what `convert` makes of events; the position moves when the other side has confirmed all of it.

    An event of which no message can be made, or that is never taken, is parked with its stream's later
    events, and the rest continues. `unpark` publishes them once that is mended.
    """

    def __init__(self, name: str, convert: Convert[M], sender: Receiver[M], positions: Positions) -> None:
        self.name, self._convert, self._sender, self._positions = name, convert, sender, positions
        self._parked: Mapping[UUID, int] | None = None

    def position(self) -> int:
        """The last position published."""
        return self._positions.get(self.name)

    def handle(self, events: Sequence[RecordedEvent]) -> None:
        """Publish, wait for the confirmations, move the position. A repeat publishes the same messages again."""
        while not self._handled(events):
            log.info("publisher.again", publisher=self.name, why="a stream was unparked meanwhile: it is due now")

    def unpark(self, source: Streams) -> list[ParkedStream]:
        """Publish, in order, what the parked streams missed; gives those that are refused still."""
        with self._positions.parked.lock(self.name) as locked:
            waiting = locked.parked()
        for one in waiting:
            with self._positions.parked.lock(self.name) as locked:
                history = source.read_streams([one.stream_id])[one.stream_id]
                poison = self._publish([each for each in history if one.position <= each.position <= locked.position])
                if poison:
                    locked.park(poison[0])
                else:
                    locked.unpark(one.stream_id)
        return self._positions.parked.find(self.name)

    def _handled(self, events: Sequence[RecordedEvent]) -> bool:
        parked = self._parked_from()
        due = [each for each in events if each.stream_id not in parked or each.position < parked[each.stream_id]]
        skipped = {each.stream_id for each in events} & parked.keys()
        poison = self._publish(due)
        failpoints.hit("publisher.sent")
        if not skipped and not poison:
            self._positions.move(self.name, events[-1].position)
            failpoints.hit("publisher.moved")
            return True
        for one in poison:
            PARKED.labels(self.name).inc()
            log.warning("publisher.parked", publisher=self.name, position=one.event.position, error=one.error)
        self._parked = None
        return self._positions.parked.move(self.name, events[-1].position, skipped=skipped, poison=poison)

    def _parked_from(self) -> Mapping[UUID, int]:
        """From which position on. Only we park streams, so where none was parked none needs to be looked for again."""
        if self._parked is None or self._parked:
            self._parked = {one.stream_id: one.position for one in self._positions.parked.find(self.name)}
        return self._parked

    def _publish(self, events: Sequence[RecordedEvent]) -> list[PoisonEvent]:
        """Publish all but what is refused and what stands behind it; the first bad event of each stream."""
        bad = isolate(events, self._send, blames=_is_refusal, group=attrgetter("stream_id"))
        return [PoisonEvent(one.item, str(one.error)) for one in bad]

    def _send(self, events: Sequence[RecordedEvent]) -> None:
        try:
            messages = list(self._convert(events))
        except Exception as error:
            raise PermanentError(f"no message can be made of it: {safe_text(error)}") from error
        if messages:
            self._sender.send(messages)


def _is_refusal(error: Exception) -> bool:
    return isinstance(error, PermanentError)


def step_messages(partitions: int) -> Convert[Outgoing]:
    """The triggers among events as step work."""
    known = triggers()

    def convert(events: Sequence[RecordedEvent]) -> Iterable[Outgoing]:
        steps = ((known.get(event.topic), event) for event in events)
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


def public_messages() -> Convert[Outgoing]:
    """Every event as one CloudEvent keyed by its stream; the value is the log's own bytes."""
    topics = public_topics()

    def convert(events: Sequence[RecordedEvent]) -> Iterable[Outgoing]:
        for event in events:
            topic = topics.get(event.topic)
            if topic is None:  # waiting for one would hold up all the others
                raise PermanentError(f"this release has no public topic for {event.topic}")
            yield Outgoing(topic, *cloud_event(event))

    return convert


def cloud_event(event: RecordedEvent) -> tuple[bytes, bytes, list[tuple[str, bytes]]]:
    """(key, value, headers) of an event for others. The key, and the event's subject, is its stream."""
    stream = str(event.stream_id).encode()
    return stream, event.state, _headers(event, stream)


def _item(event: RecordedEvent) -> StepItem:
    return StepItem(
        position=event.position,
        tenant_id=event.tenant_id,
        stream_id=event.stream_id,
        version=event.version,
        event_id=event.event_id,
        correlation_id=event.correlation_id,
    )


def _headers(event: RecordedEvent, stream: bytes) -> list[tuple[str, bytes]]:
    """Debezium makes the same (debezium/outbox.json), and a test compares.

    Six messages a review: what is the same for all of a type or of a tenant is made once.
    """
    found = [
        *constant_headers(event.topic),
        ("ce_id", str(event.event_id).encode()),
        ("ce_subject", stream),
        ("ce_time", instant(event.recorded_at)),
        ("ce_tenantid", _text(event.tenant_id)),
        ("ce_version", b"%d" % event.version),
        ("ce_position", b"%d" % event.position),
    ]
    if event.causation_id:
        found.append(("ce_causationid", str(event.causation_id).encode()))
    if event.correlation_id:
        found.append(("ce_correlationid", str(event.correlation_id).encode()))
    return found


def instant(time: datetime) -> bytes:
    """As Debezium writes it: in UTC, six digits of a second whatever they are."""
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z".encode()


@lru_cache(maxsize=10_000)
def _text(tenant_id: UUID) -> bytes:
    return str(tenant_id).encode()
