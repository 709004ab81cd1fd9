"""The sweeper on a real log, read model and broker: what it sends again, and above all what it leaves alone."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from confluent_kafka import Consumer, TopicPartition
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from aggregates.review.aggregate import Review
from aggregates.review.commands import fail
from aggregates.review.compensation import compensate, retry_now
from connectors.databases import scripts_of
from connectors.kafka import ConfirmingProducer, Outgoing
from connectors.kafka_progress import TopicProgress
from connectors.migrations import migrate
from connectors.postgres import Pool
from eventstore.log import EventLog
from eventstore.positions import Positions
from operations.sweeper import ReadModel, newest_versions
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.saga_progress import SagaProgressProjector
from projections.queries import waiting
from projections.runner import ProjectionHandler
from schemas.codec import encode
from schemas.errors import TransientError
from schemas.messages import StepBatch, StepItem
from streams.publishers.publisher import Publisher, step_messages
from streams.runtime.reviews import Change, Reviews
from streams.sweeper import sweeper as sweeping
from streams.sweeper.sweeper import Sweeper
from streams.topics import step_topic
from tests.streams.conftest import PARTITIONS
from tests.streams.making import collected, item, next_events
from tests.streams.topics import Topic
from tests.waiting import crowding, until

DEADLINE = 60.0
BACKOFF = timedelta(seconds=10)


class Clock:
    """The sweeper's; starts with the log's, since the read model has its times."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Bench:
    """Everything between the log and the step topics, moved by hand."""

    def __init__(self, pool: Pool, bootstrap: str, producer: ConfirmingProducer) -> None:
        self.log, self.reviews, self.pool = EventLog(pool), Reviews(EventLog(pool)), pool
        self.clock, self.producer, self.bootstrap = Clock(), producer, bootstrap
        self.positions = Positions(pool)
        self.group = f"sweeper-{uuid4()}"
        self.publisher = Publisher("steps", step_messages(PARTITIONS), producer, self.positions)
        self.projection = ProjectionHandler(pool, PostgresStore(pool, SagaProgressProjector()), self.log)
        self.projection.position()
        self.sweeper = self.another()

    def another(self, bootstrap: str | None = None) -> Sweeper:
        """A sweeper without memory."""
        return Sweeper(
            ReadModel(self.pool),
            TopicProgress(bootstrap or self.bootstrap, groups=self.group, timeout=1 if bootstrap else 10),
            self.producer,
            partitions=PARTITIONS,
            published=lambda: self.positions.get("steps"),
            versions=lambda reviews: newest_versions(self.log, reviews),
            deadlines=dict.fromkeys(("store", "nlp", "analytics", "notify", "compensate"), DEADLINE),
            longest_pause=5.0,
            now=self.clock,
        )

    async def append(self, *changes: Change) -> list[Review]:
        assert await self.reviews.append(changes) == set()
        return [change.review.after(change.events) for change in changes]

    async def failed(self, external: str = "a") -> Review:
        """A review whose store step failed."""
        (review,) = await self.append(collected(external))
        failed = fail(review, 1, "store", error_type="Broken", error="", now=self.clock.now)
        return (await self.append(Change(review, failed)))[0]

    async def marked(self, external: str = "a") -> Review:
        """A review that waits for a retry, in BACKOFF."""
        review = await self.failed(external)
        events = compensate(review, max_attempts=5, backoff=BACKOFF, now=self.clock.now)
        return (await self.append(Change(review, events)))[0]

    def publish(self) -> None:
        """The tailer sends triggers."""
        self.publisher.handle(self.log.read_after(self.positions.get("steps"), 5000))

    def project(self) -> None:
        """The read model catches up."""
        self.projection.handle(self.log.read_after(0, 5000))

    def acknowledge(self, step: str) -> None:
        """The step's workers have handled everything in their topic."""
        ends = TopicProgress(self.bootstrap, groups=self.group).ends(step_topic(step))
        consumer = Consumer({"bootstrap.servers": self.bootstrap, "group.id": self.group, "enable.auto.commit": False})
        try:
            offsets = [TopicPartition(step_topic(step), partition, end) for partition, end in ends.items()]
            consumer.commit(offsets=offsets, asynchronous=False)
        finally:
            consumer.close()

    def topic(self, step: str) -> Sent:
        return Sent(self.bootstrap, step)


class Sent:
    """The work that is sent to a step from now on."""

    def __init__(self, bootstrap: str, step: str) -> None:
        self._topic = Topic(bootstrap, step_topic(step))

    def items(self) -> list[StepItem]:
        return [item for batch in self._topic.values() for item in batch.items]


@retry(retry=retry_if_exception_type(TransientError), wait=wait_fixed(0.1), stop=stop_after_delay(20))
def led(bootstrap: str, topic: str) -> None:
    """Wait for the leaders of a topic that may just have been made."""
    TopicProgress(bootstrap, groups="").ends(topic)


@pytest.fixture
def bench(url: str, pool: Pool, topics: str, shared_producer: ConfirmingProducer) -> Bench:
    migrate(url, scripts_of("projections"))
    for step in ("store", "notify", "compensate"):
        led(topics, step_topic(step))
    return Bench(pool, topics, shared_producer)


async def test_a_lost_trigger_is_sent_again_as_it_was(bench: Bench) -> None:
    await bench.append(collected("a"), collected("b"))
    bench.positions.move("steps", 2)  # as if they had been sent
    bench.project()
    bench.acknowledge("store")
    sent = bench.topic("store")
    assert bench.sweeper.sweep() == 0, "nothing waits too long"
    bench.clock.forward(DEADLINE + 5)
    assert bench.sweeper.sweep() == 2
    assert sorted(sent.items(), key=lambda each: each.position) == [item(event) for event in bench.log.read_after(0, 2)]


async def test_what_is_merely_queued_is_left_alone_however_long_it_waits(bench: Bench) -> None:
    bench.acknowledge("store")
    await bench.append(collected("a"))
    bench.publish()
    bench.project()
    sent = bench.topic("store")
    for _ in range(3):
        bench.clock.forward(DEADLINE + 5)
        assert bench.sweeper.sweep() == 0
    assert sent.items() == []
    bench.acknowledge("store")  # the step has seen it and done nothing
    assert bench.sweeper.sweep() == 1
    assert len(sent.items()) == 1


async def test_what_the_tailer_has_not_sent_yet_is_left_to_it(bench: Bench) -> None:
    await bench.append(collected("a"))
    bench.project()
    bench.acknowledge("store")
    bench.clock.forward(DEADLINE + 5)
    assert bench.sweeper.sweep() == 0
    bench.publish()
    assert bench.sweeper.sweep() == 0


async def test_work_that_goes_on_while_a_mark_stands_does_not_move_it(bench: Bench) -> None:
    """Under load a topic is never handled to its end; it is enough that it is up to where it once ended."""
    await bench.append(collected("lost"))
    bench.positions.move("steps", 1)
    bench.acknowledge("store")
    await bench.append(collected("queued before the mark"))
    bench.publish()
    bench.project()
    bench.clock.forward(DEADLINE + 5)
    assert bench.sweeper.sweep() == 0
    bench.acknowledge("store")
    await bench.append(collected("queued after the mark"))
    bench.publish()
    sent = bench.topic("store")
    bench.sweeper.sweep()
    assert [each.position for each in sent.items()] == [1, 2]


async def test_a_read_model_that_is_behind_makes_nobody_stuck(bench: Bench) -> None:
    (review,) = await bench.append(collected("a"))
    bench.publish()
    bench.project()
    await bench.append(Change(review, next_events(review)))
    bench.acknowledge("store")
    bench.clock.forward(DEADLINE + 5)
    sent = bench.topic("store")
    assert bench.sweeper.sweep() == 0
    assert sent.items() == []


async def test_what_was_sent_again_is_repeated_only_after_the_step_handled_it_in_vain(bench: Bench) -> None:
    await bench.append(collected("a"))
    bench.publish()
    bench.project()
    bench.acknowledge("store")
    bench.clock.forward(DEADLINE + 5)
    assert [bench.sweeper.sweep() for _ in range(3)] == [1, 0, 0]
    bench.clock.forward(DEADLINE + 5)
    assert [bench.sweeper.sweep() for _ in range(3)] == [0, 0, 0], "it is still queued"
    bench.acknowledge("store")
    assert [bench.sweeper.sweep() for _ in range(3)] == [0, 1, 0]


async def test_a_retry_is_sent_at_its_time_and_once(bench: Bench) -> None:
    review = await bench.marked()
    bench.publish()
    bench.project()
    sent = bench.topic("store")
    assert bench.sweeper.sweep() == 0
    assert bench.sweeper.pause() == 5.0
    bench.clock.forward(7)
    assert bench.sweeper.pause() == pytest.approx(3.0)
    assert bench.sweeper.sweep() == 0
    bench.clock.forward(3)
    assert [bench.sweeper.sweep() for _ in range(3)] == [1, 0, 0]
    (trigger,) = sent.items()
    assert (trigger.stream_id, trigger.version, trigger.position) == (review.id, 3, 3)
    assert review.due("store", bench.clock.now)
    assert bench.another().sweep() == 1, "a new sweeper knows nothing of it: a repeat, which is harmless"


async def test_a_review_that_fails_again_gets_its_next_retry_at_its_time(bench: Bench) -> None:
    review = await bench.marked()
    bench.project()
    bench.clock.forward(10)
    assert bench.sweeper.sweep() == 1
    failed = fail(review, 1, "store", error_type="Broken", error="", now=bench.clock.now)
    (review,) = await bench.append(Change(review, failed))
    events = compensate(review, max_attempts=5, backoff=BACKOFF, now=bench.clock.now)
    await bench.append(Change(review, events))
    bench.project()
    bench.clock.forward(19)
    assert bench.sweeper.sweep() == 0
    bench.clock.forward(1)
    assert bench.sweeper.sweep() == 1


async def test_a_retried_review_is_sent_at_once(bench: Bench) -> None:
    review = await bench.failed()
    (review,) = await bench.append(
        Change(review, compensate(review, max_attempts=1, backoff=BACKOFF, now=bench.clock.now))
    )
    bench.project()
    assert (review.step, waiting.troubled(bench.pool)) == ("abandoned", waiting.Troubled(0, 1))
    await bench.append(Change(review, retry_now(review, now=bench.clock.now)))
    bench.project()
    sent = bench.topic("store")
    assert bench.sweeper.sweep() == 1
    assert len(sent.items()) == 1


async def test_a_failure_that_nobody_compensates_is_sent_to_compensation(bench: Bench) -> None:
    review = await bench.failed()
    bench.positions.move("steps", bench.log.head())
    bench.project()
    bench.acknowledge("compensate")
    bench.clock.forward(DEADLINE + 5)
    sent = bench.topic("compensate")
    assert bench.sweeper.sweep() == 1
    assert [each.stream_id for each in sent.items()] == [review.id]


async def test_any_number_is_sent_once_each(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "PAGE", 7)
    monkeypatch.setattr(sweeping, "MOST_SENT", 21)
    ids = [(await bench.marked(f"r{number}")).id for number in range(30)]
    bench.project()
    bench.clock.forward(10)
    sent = bench.topic("store")
    assert [bench.sweeper.sweep() for _ in range(2)] == [21, 0], "no more are under way at a time"
    for review in (await bench.reviews.read({each.stream_id for each in sent.items()})).values():
        await bench.append(Change(review, next_events(review)))
    bench.project()
    assert [bench.sweeper.sweep() for _ in range(2)] == [9, 0]
    assert sorted(each.stream_id for each in sent.items()) == sorted(ids)


async def test_it_outlives_a_broker_that_is_away_and_stops_at_once(
    bench: Bench, capfd: pytest.CaptureFixture[str]
) -> None:
    await bench.append(collected("a"))
    bench.project()
    bench.clock.forward(DEADLINE + 5)
    stop = threading.Event()
    thread = threading.Thread(target=bench.another("127.0.0.1:1").run, args=(stop,))
    thread.start()
    printed: list[str] = []

    def warned() -> bool:
        printed.append(capfd.readouterr().out)
        return "sweeper.retrying" in "".join(printed)

    until(warned)
    stop.set()
    thread.join(5 * crowding())
    assert not thread.is_alive()


def test_a_topic_that_nobody_acknowledged(bench: Bench) -> None:
    progress = TopicProgress(f"kafka://{bench.bootstrap}", groups=bench.group)
    assert progress.acknowledged(step_topic("store")) == {}
    assert set(progress.ends(step_topic("store"))) == set(range(PARTITIONS))


def test_the_group_that_is_furthest_counts(bench: Bench) -> None:
    bench.acknowledge("notify")
    bench.producer.send([Outgoing(step_topic("notify"), None, encode(StepBatch(items=())), partition=1)])
    progress = TopicProgress(bench.bootstrap, groups=bench.group)
    assert progress.acknowledged(step_topic("notify")) != progress.ends(step_topic("notify"))
    bench.group += "-later"
    bench.acknowledge("notify")
    assert progress.acknowledged(step_topic("notify")) == progress.ends(step_topic("notify"))
