"""From the event log to the topics: packed, in order, repeated after a crash, and byte for byte what the log holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.kafka import ConfirmingProducer, Outgoing, create_topics
from connectors.postgres import Pool
from eventstore.log import EventLog
from eventstore.model import RecordedEvent
from eventstore.positions import Positions
from schemas.codec import decode, encode
from schemas.errors import PermanentError, TransientError
from schemas.events import review as ev
from schemas.messages import StepBatch
from schemas.topics import public_topics, triggers
from streams.publishers.publisher import PACK, Publisher, public_messages, step_messages
from streams.runtime.reviews import Change, Reviews
from streams.topics import DEADLETTER, INBOUND, NOTIFICATIONS, all_topics, partition_of
from tests.effort import examples
from tests.streams.making import NOW, TENANT, advanced, collected, next_events
from tests.streams.topics import Topic

PARTITIONS = 4
EVENT_TOPICS = sorted(cls.TOPIC for cls in vars(ev).values() if isinstance(cls, type) and hasattr(cls, "TOPIC"))
PUBLIC, TRIGGERS = public_topics(), triggers()
QUIET = sorted(set(EVENT_TOPICS) - TRIGGERS.keys())


class Recording:
    """A sender that can be told to fail."""

    def __init__(self, inner: ConfirmingProducer | None = None) -> None:
        self.sent: list[list[Outgoing]] = []
        self.failing = False
        self._inner = inner

    def send(self, messages: Sequence[Outgoing]) -> object:
        if self.failing:
            raise TransientError("no confirmation")
        self.sent.append(list(messages))
        return self._inner.send(messages) if self._inner else None


class Stuck(Positions):
    """Dies before a position moves."""

    def move(self, name: str, position: int) -> None:
        raise RuntimeError("killed")


def recorded(position: int, topic: str, stream: UUID | None = None) -> RecordedEvent:
    return RecordedEvent(position, TENANT, stream or uuid4(), 1, topic, b"state", uuid4(), None, uuid4(), NOW)


@given(
    st.lists(st.tuples(st.sampled_from(EVENT_TOPICS), st.integers(0, 9)), max_size=400), st.sampled_from([1, 2, 4, 10])
)
def test_every_trigger_is_in_one_pack_of_its_partition_in_order(plan: list[tuple[str, int]], partitions: int) -> None:
    events = [recorded(position, topic, UUID(int=stream)) for position, (topic, stream) in enumerate(plan, 1)]
    found: dict[tuple[str, int], list[int]] = {}
    for message in step_messages(partitions)(events):
        items = decode(message.value).items
        assert 1 <= len(items) <= PACK
        assert message.partition is not None
        assert {partition_of(item.stream_id, partitions) for item in items} == {message.partition}
        found.setdefault((message.topic, message.partition), []).extend(item.position for item in items)
    expected: dict[tuple[str, int], list[int]] = {}
    for event in events:
        if event.topic in TRIGGERS:
            place = (f"steps.{TRIGGERS[event.topic]}", partition_of(event.stream_id, partitions))
            expected.setdefault(place, []).append(event.position)
    assert found == expected


def test_packs_are_full_before_the_next_one_begins() -> None:
    events = [recorded(position, "review.collected", UUID(int=0)) for position in range(1, 2 * PACK + 2)]
    sizes = [len(decode(message.value).items) for message in step_messages(PARTITIONS)(events)]
    assert sizes == [PACK, PACK, 1]


def test_an_item_carries_all_that_a_step_needs() -> None:
    event = recorded(7, "review.collected")
    (message,) = step_messages(PARTITIONS)([event])
    (item,) = decode(message.value).items
    given = (item.position, item.tenant_id, item.stream_id, item.version, item.event_id, item.correlation_id)
    assert given == (7, event.tenant_id, event.stream_id, 1, event.event_id, event.correlation_id)


def test_the_position_moves_only_after_the_confirmation(shared_pool: Pool) -> None:
    positions, sender = Positions(shared_pool), Recording()
    publisher = Publisher("confirmed", step_messages(PARTITIONS), sender, positions)
    assert publisher.position() == 0
    sender.failing = True
    with pytest.raises(TransientError):
        publisher.handle([recorded(1, "review.collected")])
    assert publisher.position() == 0
    sender.failing = False
    publisher.handle([recorded(1, "review.collected")])
    assert publisher.position() == 1


def test_a_crash_before_the_position_moved_publishes_the_same_messages_again(shared_pool: Pool) -> None:
    positions, sender = Positions(shared_pool), Recording()
    events = [recorded(n, topic) for n, topic in enumerate(EVENT_TOPICS * 20, 1)]
    for convert in (step_messages(PARTITIONS), public_messages()):
        sender.sent.clear()
        with pytest.raises(RuntimeError, match="killed"):
            Publisher("crash", convert, sender, Stuck(shared_pool)).handle(events)
        Publisher("crash", convert, sender, positions).handle(events)
        first, second = sender.sent
        assert first == second
    assert positions.get("crash") == len(events)


def test_events_that_start_nothing_send_nothing_but_move_the_position(shared_pool: Pool) -> None:
    positions, sender = Positions(shared_pool), Recording()
    assert "review.processed" in QUIET
    events = [recorded(n, topic) for n, topic in enumerate(QUIET, 1)]
    Publisher("quiet", step_messages(PARTITIONS), sender, positions).handle(events)
    assert sender.sent == []
    assert positions.get("quiet") == len(QUIET)


@pytest.mark.parametrize("topic", EVENT_TOPICS)
def test_every_event_has_a_public_topic_that_is_created(topic: str) -> None:
    assert all_topics(7)[PUBLIC[topic]] == 7


def test_every_other_topic_in_use_is_created() -> None:
    steps = {f"steps.{step}" for step in TRIGGERS.values()}
    assert steps | {INBOUND, DEADLETTER, NOTIFICATIONS} <= all_topics(1).keys()
    public = {*PUBLIC.values()}
    assert all_topics(1).keys() == steps | public | {INBOUND, DEADLETTER, NOTIFICATIONS}, "a topic that nobody uses"


async def test_public_messages_are_the_log_s_own_bytes_with_cloud_events_headers(
    log: EventLog, pool: Pool, topics: str, shared_producer: ConfirmingProducer
) -> None:
    reviews = Reviews(log)
    change = collected()
    await reviews.append([change])
    review = (await reviews.load({change.review.id: 1}))[change.review.id]
    while review.step != "notify":
        events = next_events(review)
        await reviews.append([Change(review, events, uuid4(), change.correlation_id)])
        review = review.after(events)
    assert review == advanced(review, until="notify")
    events = log.read_after(0, 100)
    readers = {event.topic: Topic(topics, PUBLIC[event.topic]) for event in events}
    Publisher("public", public_messages(), shared_producer, Positions(pool)).handle(events)
    assert len(events) == len(readers) == 5
    for event in events:
        (message,) = readers[event.topic].messages()
        headers = {name: value.decode() for name, value in message.headers()}
        assert (message.key(), message.value()) == (str(event.stream_id).encode(), event.state)
        assert headers.pop("ce_time") == event.recorded_at.isoformat(timespec="microseconds").replace("+00:00", "Z")
        assert headers == {
            "content-type": "application/avro",
            "ce_id": str(event.event_id),
            "ce_source": "/reviewstream",
            "ce_specversion": "1.0",
            "ce_type": event.topic,
            "ce_subject": str(event.stream_id),
            "ce_tenantid": str(TENANT),
            "ce_version": str(event.version),
            "ce_position": str(event.position),
            "ce_causationid": str(event.causation_id),
            "ce_correlationid": str(event.correlation_id),
        }


def test_packs_stand_in_the_partition_that_the_review_has(
    topics: str, shared_producer: ConfirmingProducer, shared_pool: Pool
) -> None:
    reader = Topic(topics, "steps.store")
    events = [recorded(n, "review.collected") for n in range(1, 301)]
    Publisher("packs", step_messages(PARTITIONS), shared_producer, Positions(shared_pool)).handle(events)
    positions: dict[int, list[int]] = {}
    for message in reader.messages():
        batch = decode(message.value())
        assert isinstance(batch, StepBatch)
        assert encode(batch) == message.value()
        positions.setdefault(message.partition(), []).extend(item.position for item in batch.items)
    assert sorted(chain.from_iterable(positions.values())) == list(range(1, 301))
    for partition, found in positions.items():
        assert found == sorted(found)
        assert {partition_of(events[n - 1].stream_id, PARTITIONS) for n in found} == {partition}


class Log:
    """The events as the log has them."""

    def __init__(self, events: Sequence[RecordedEvent]) -> None:
        self.events = events

    def read_streams(self, stream_ids: Collection[UUID]) -> dict[UUID, list[RecordedEvent]]:
        return {stream: [event for event in self.events if event.stream_id == stream] for stream in stream_ids}


class Refusing(Recording):
    """A broker that never takes the messages of some positions; keeps what it took, in order."""

    def __init__(self, poison: set[int]) -> None:
        super().__init__()
        self.poison = poison
        self.taken: list[int] = []

    def send(self, messages: Sequence[Outgoing]) -> object:
        positions = [int(dict(message.headers)["ce_position"]) for message in messages]
        if self.poison.intersection(positions):
            raise PermanentError("Kafka refuses a message: MSG_SIZE_TOO_LARGE")
        self.taken += positions
        return None


HISTORIES = st.lists(st.integers(0, 4), min_size=1, max_size=30)


@settings(max_examples=examples(40))
@given(streams=HISTORIES, poison=st.sets(st.integers(1, 30), max_size=4), size=st.integers(1, 9), mended=st.data())
def test_a_bad_event_holds_back_its_stream_and_nothing_else(
    shared_pool: Pool, streams: list[int], poison: set[int], size: int, mended: st.DataObject
) -> None:
    events = [recorded(n, "review.processed", UUID(int=stream)) for n, stream in enumerate(streams, 1)]
    name, sender, positions = f"public-{uuid4()}", Refusing(poison), Positions(shared_pool)
    for start in range(0, len(events), size):
        Publisher(name, public_messages(), sender, positions).handle(events[start : start + size])
    first_bad = {e.stream_id: e.position for e in reversed(events) if e.position in poison}
    before = [e.position for e in events if e.position < first_bad.get(e.stream_id, len(events) + 1)]
    assert sender.taken == before
    assert {one.stream_id: one.position for one in positions.parked.find(name)} == first_bad
    assert positions.get(name) == len(events)

    sender.poison = mended.draw(st.sets(st.sampled_from(sorted(poison)), max_size=3)) if poison else set()
    refused = Publisher(name, public_messages(), sender, positions).unpark(Log(events))
    still_bad = {e.stream_id: e.position for e in reversed(events) if e.position in sender.poison}
    assert {one.stream_id: one.position for one in refused} == still_bad
    for stream in {e.stream_id for e in events}:
        mine = [e.position for e in events if e.stream_id == stream]
        due = [position for position in mine if position < still_bad.get(stream, len(events) + 1)]
        assert [position for position in sender.taken if position in mine] == due


def test_events_that_come_while_a_stream_is_unparked_are_not_lost(shared_pool: Pool) -> None:
    """The publisher has skipped an event, and before its position moves the stream is unparked."""
    stream, name = uuid4(), f"public-{uuid4()}"
    events = [recorded(n, "review.processed", stream) for n in (1, 2)]
    sender, positions = Refusing({1}), Positions(shared_pool)
    publisher = Publisher(name, public_messages(), sender, positions)
    publisher.handle(events[:1])
    look = publisher._parked_from

    def then_unparked() -> Any:
        found = look()
        if sender.poison:
            sender.poison = set()
            assert Publisher(name, public_messages(), sender, positions).unpark(Log(events)) == []
        return found

    publisher._parked_from = then_unparked  # type: ignore[method-assign]
    publisher.handle(events[1:])
    assert sender.taken == [1, 2]
    assert positions.parked.find(name) == []


def test_an_event_of_an_unknown_type_holds_back_its_stream_and_nothing_else(shared_pool: Pool) -> None:
    name, sender, positions = f"public-{uuid4()}", Refusing(set()), Positions(shared_pool)
    events = [recorded(1, "review.of_a_later_release"), recorded(2, "review.processed")]
    Publisher(name, public_messages(), sender, positions).handle(events)
    assert sender.taken == [2]
    (one,) = positions.parked.find(name)
    assert (one.position, one.error) == (
        1,
        "no message can be made of it: this release has no public topic for review.of_a_later_release",
    )


def test_what_a_broker_never_takes_is_parked_and_the_producer_goes_on(
    topics: str, shared_producer: ConfirmingProducer, shared_pool: Pool
) -> None:
    topic, name = f"small-{uuid4()}", f"small-{uuid4()}"
    create_topics(topics, {topic: 1}, config={"max.message.bytes": "2000"})
    reader, positions = Topic(topics, topic), Positions(shared_pool)
    events = [recorded(n, "review.processed") for n in range(1, 8)]

    def convert(some: Sequence[RecordedEvent]) -> list[Outgoing]:
        return [Outgoing(topic, None, b"x" * (9000 if event.position == 4 else event.position)) for event in some]

    Publisher(name, convert, shared_producer, positions).handle(events)
    assert {len(message.value()) for message in reader.messages()} == {1, 2, 3, 5, 6, 7}
    (one,) = positions.parked.find(name)
    assert (one.position, one.error) == (4, "Kafka refuses a message: MSG_SIZE_TOO_LARGE")
