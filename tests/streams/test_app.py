"""The Faust app in processes of its own: killed, failing, stopped. Nothing is lost, nothing doubled."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.kafka import Outgoing
from connectors.kafka_offsets import GroupOffsets
from embedded.kafka import Kafka
from eventstore.log import EventLog
from reviewstream.workers.streams import group_of
from schemas.messages import StepBatch
from services.inbound.ledger import InboundLedger
from streams.runtime.reviews import fold
from streams.topics import INBOUND, step_topic
from tests.streams.pipeline import SAGA, Pipeline, pipeline_on
from tests.streams.topics import Topic
from tests.streams.workers import Child
from tests.waiting import crowding, until

STORED = ("review.collected", "review.raw_stored")
PARTITIONS = 4
MANY, REPEATS, RUBBISH = 1200, 100, 50
BATCH = {"collect": 400, "store": 64, "nlp": 8, "analytics": 64, "notify": 64}
"""Messages that a step takes at a time."""
LONG = "The staff at the Grand Hotel in Vienna was kind, but the coffee was cold. " * 6
BLOCKED = Path(__file__).with_name("blocked_worker.py")


@pytest.fixture(scope="module")
def pipeline(
    own_kafka: Kafka,
    postgres_url: str,
    streams_template: str,
    mongo_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Pipeline]:
    directory = tmp_path_factory.mktemp("pipeline")
    with pipeline_on(
        postgres_url, streams_template, own_kafka.bootstrap, directory, partitions=PARTITIONS, mongo_url=mongo_url,
        subscriptions="steps,public", steps="collect,store",
    ) as made:  # fmt: skip
        yield made


@pytest.fixture
def slow(pipeline: Pipeline, tailer: Child) -> Iterator[Child]:
    """The agents, whose stores take a second for a batch, of however many reviews it is."""
    child = pipeline.program(BLOCKED, SLOW_SECONDS="1")
    yield child
    child.end()


def repeats(pipeline: Pipeline, steps: Sequence[str] = tuple(BATCH)) -> dict[str, int]:
    """How many messages of each topic the next worker will get although all of their work stands in the log."""
    topics = {step: INBOUND if step == "collect" else step_topic(step) for step in steps}
    group = GroupOffsets(pipeline.kafka, group_of(list(steps)), list(topics.values()))
    offsets = group.ask()
    group.close()
    counted = InboundLedger(pipeline.pool).next_offsets(INBOUND, range(PARTITIONS))
    found = {"collect": sum(at - offsets[INBOUND, partition][0] for partition, at in counted.items())}
    for step in topics.keys() - {"collect"}:
        reader = Topic(pipeline.kafka, topics[step])
        reader._begin = {place[1]: at[0] for place, at in offsets.items() if place[0] == topics[step]}
        found[step] = sum(_done(pipeline, step, batch) for batch in reader.values())
    return found


def _done(pipeline: Pipeline, step: str, batch: StepBatch) -> bool:
    """Whether no review of the message waits for the step any more."""
    log = EventLog(pipeline.pool)
    histories = log.read_streams([item.stream_id for item in batch.items])
    return not any(fold(stream, events).due(step, datetime.now(UTC)) for stream, events in histories.items())


def test_killed_twice_in_the_middle_every_review_is_there_exactly_once(
    pipeline: Pipeline, slow: Child, record_property: pytest.RecordProperty
) -> None:
    ids = [f"k{n}" for n in range(MANY)]
    pipeline.publish(ids)
    pipeline.publish(ids[:REPEATS])
    pipeline.producer.send([Outgoing(INBOUND, None, b"rubbish")] * RUBBISH)
    log = EventLog(pipeline.pool)
    for killed_at in (300, 1000):
        slow.start()
        until(lambda at=killed_at: log.head() >= at)
        slow.signal(signal.SIGKILL)
        assert slow.wait(60) == -signal.SIGKILL
        assert pipeline.histories(ids)[STORED] < MANY, "it was over before the kill"
    began = time.monotonic()
    slow.start()
    record_property("restart_seconds", slow.wait_ready())
    until(lambda: log.head() >= 2 * MANY and pipeline.totals().received >= MANY + REPEATS + RUBBISH)
    record_property("recovery_seconds", time.monotonic() - began)
    assert pipeline.histories(ids) == {STORED: MANY}
    assert log.head() == 2 * MANY
    totals = pipeline.totals()
    assert (totals.received, totals.accepted, totals.deduplicated, totals.dead_lettered) == (
        MANY + REPEATS + RUBBISH, MANY, REPEATS, RUBBISH,
    )  # fmt: skip
    slow.signal(signal.SIGTERM)
    began = time.monotonic()
    assert slow.wait(120) == 0
    stopped = time.monotonic() - began
    record_property("stop_seconds", stopped)
    assert stopped <= 10 * crowding()


def test_a_failing_agent_ends_its_process_and_the_next_one_goes_on(
    pipeline: Pipeline, tailer: Child, tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    broken = tmp_path / "broken"
    broken.touch()
    child = pipeline.program(Path(__file__).with_name("failing_worker.py"), FAIL_WHILE=str(broken))
    try:
        child.start()
        child.wait_ready()
        ids = [f"f{n}" for n in range(100)]
        pipeline.publish(ids)
        until(lambda: pipeline.histories(ids)[STORED[:1]] == 100 or child.exit_code is not None)
        began = time.monotonic()
        assert child.wait(120) != 0
        ended = time.monotonic() - began
        record_property("end_seconds", ended)
        assert ended <= 20 * crowding()
        assert "the store is out of order" in child.output.read_text()
        assert pipeline.histories(ids)[STORED] == 0
        broken.unlink()
        child.start()
        until(lambda: pipeline.histories(ids) == {STORED: 100})
    finally:
        child.end()


@pytest.mark.long
def test_a_second_worker_shares_the_work_and_takes_over_when_the_first_is_killed(
    pipeline: Pipeline, streams: Child, record_property: pytest.RecordProperty
) -> None:
    log = EventLog(pipeline.pool)
    before = log.head()
    ids = [f"w{n}" for n in range(600)]
    streams.start(REVIEWSTREAM_INSTANCE="first")
    streams.wait_ready()
    second = pipeline.child("streams", REVIEWSTREAM_INSTANCE="second")
    try:
        second.start()
        pipeline.publish(ids[:200])
        second.wait_ready()
        until(lambda: log.head() >= before + 400)
        pipeline.publish(ids[200:])
        until(lambda: log.head() >= before + 500)
        streams.signal(signal.SIGKILL)
        began = time.monotonic()
        until(lambda: log.head() >= before + 1200)
        record_property("takeover_seconds", time.monotonic() - began)
        assert pipeline.histories(ids) == {STORED: 600}
        assert log.head() == before + 1200
        assert second.exit_code is None
    finally:
        second.end()


@pytest.mark.long
def test_workers_outlive_a_killed_broker(
    pipeline: Pipeline, tailer: Child, streams: Child, own_kafka: Kafka, record_property: pytest.RecordProperty
) -> None:
    streams.start()
    streams.wait_ready()
    ids = [f"b{n}" for n in range(400)]
    pipeline.publish(ids[:200])
    until(lambda: pipeline.histories(ids[:200])[STORED] > 0)
    own_kafka.kill()
    own_kafka.start()
    began = time.monotonic()
    pipeline.publish(ids[200:])
    until(lambda: pipeline.histories(ids) == {STORED: 400} or streams.exit_code is not None)
    record_property("back_after_seconds", time.monotonic() - began)
    assert (tailer.exit_code, streams.exit_code) == (None, None), streams.output.read_text()[-3000:]


@pytest.mark.parametrize(
    ("steps", "many", "done"),
    [(("collect", "store"), 1500, STORED), pytest.param(tuple(BATCH), 1000, SAGA, marks=pytest.mark.long)],
    ids=["first steps", "every step"],
)
def test_stopped_in_the_middle_of_its_work_it_ends_soon_and_the_next_one_goes_on(
    pipeline: Pipeline,
    slow: Child,
    tmp_path: Path,
    record_property: pytest.RecordProperty,
    steps: tuple[str, ...],
    many: int,
    done: tuple[str, ...],
) -> None:
    ids, last = [f"{done[-1]}-{n}" for n in range(many)], "Store" if done == STORED else "Notify"
    pipeline.publish(ids, content=LONG)
    sign = tmp_path / "batch"
    slow.start(REVIEWSTREAM_STEPS=",".join(steps), HANG_STEP=last, SLOW_SIGN=str(sign))
    until(sign.exists, 300)
    began = time.monotonic()
    slow.signal(signal.SIGTERM)
    assert slow.wait(120) == 0
    stopped = time.monotonic() - began
    record_property("stop_under_load_seconds", stopped)
    print(f"stop under load: {stopped:.1f} s")
    assert stopped <= 10 * crowding()
    repeated = repeats(pipeline, steps)
    record_property("repeated_messages", repeated)
    print(f"done but not acknowledged, in messages: {repeated}")
    assert all(count <= BATCH[step] for step, count in repeated.items()), repeated
    slow.start(REVIEWSTREAM_STEPS=",".join(steps), SLOW_SECONDS="0")
    until(lambda: pipeline.histories(ids) == {done: many}, 300)


@pytest.mark.long
def test_a_stop_that_is_cut_short_repeats_no_more_than_one_that_is_not(
    pipeline: Pipeline, tailer: Child, tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    """The last step hangs for ever while the others are in the middle of their work."""
    hang = tmp_path / "hang"
    hang.touch()
    child = pipeline.program(
        BLOCKED, HANG_WHILE=str(hang), HANG_HOW="agent", HANG_STEP="Notify", REVIEWSTREAM_WATCHDOG_SECONDS="60",
        REVIEWSTREAM_STEPS=",".join(BATCH),
    )  # fmt: skip
    ids = [f"u{n}" for n in range(1000)]
    try:
        child.start()
        child.wait_ready(200)
        pipeline.publish(ids, content=LONG)
        until((tmp_path / "hang.reached").exists, 300)
        began = time.monotonic()
        child.signal(signal.SIGTERM)
        assert child.wait(120) == 0, child.output.read_text()[-3000:]
        stopped = time.monotonic() - began
        record_property("cut_stop_seconds", stopped)
        assert "worker.stop_cut_short" in child.output.read_text()
        assert pipeline.histories(ids)[SAGA[:5]] < 1000, "it was over before the signal"
        assert stopped <= 10 * crowding()
        repeated = repeats(pipeline)
        record_property("repeated_messages_of_a_cut_stop", repeated)
        print(f"cut stop: {stopped:.1f} s; done but not acknowledged, in messages: {repeated}")
        assert all(count <= BATCH[step] for step, count in repeated.items()), repeated
        hang.unlink()
        child.start()
        until(lambda: pipeline.histories(ids) == {SAGA: 1000}, 300)
    finally:
        child.end()
