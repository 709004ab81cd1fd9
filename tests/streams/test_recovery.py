"""Failing sagas in processes of their own: compensated, tried again at their time, completed or abandoned."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from aggregates.review.commands import request_reprocessing
from connectors import clickhouse
from connectors.migrations import migrate
from embedded.kafka import Kafka
from eventstore.log import EventLog
from eventstore.positions import Positions
from projections.queries import waiting
from projections.registry import MIGRATIONS
from schemas.codec import decode
from schemas.events.review import (
    AnalyticsRolledBack,
    ReviewAbandoned,
    ReviewMarkedForRetry,
    SentimentAnalyzed,
    StepFailed,
)
from streams.runtime.reviews import Change, Reviews
from tests.streams.making import collected
from tests.streams.pipeline import SAGA, Pipeline, pipeline_on
from tests.streams.workers import Child
from tests.waiting import until

PARTITIONS = 2
BACKOFF = 1.0
ATTEMPTS = 3
DEADLINE = 2.0
FAILED = ("review.step_failed", "review.analytics_rolled_back", "review.marked_for_retry", "review.analytics_updated")
COUNTED = SAGA[:-1]


@pytest.fixture(scope="module")
def pipeline(
    own_kafka: Kafka,
    postgres_url: str,
    streams_template: str,
    mongo_url: str,
    clickhouse_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Pipeline]:
    directory = tmp_path_factory.mktemp("recovery")
    with pipeline_on(
        postgres_url, streams_template, own_kafka.bootstrap, directory, partitions=PARTITIONS, mongo_url=mongo_url,
        clickhouse_url=clickhouse_url, subscriptions="steps,postgres,clickhouse,sweeper", retry_attempts=str(ATTEMPTS),
        retry_backoff_seconds=str(BACKOFF), step_deadline_seconds=str(DEADLINE),
    ) as made:  # fmt: skip
        url = made.environment["REVIEWSTREAM_EVENTSTORE_URL"]
        migrate(url, MIGRATIONS)
        yield replace(made, environment={**made.environment, "REVIEWSTREAM_READMODELS_URL": url})


@pytest.fixture(scope="module")
def broken(pipeline: Pipeline) -> Path:
    """While this file exists the channel fails."""
    return pipeline.directory / "broken"


@pytest.fixture(scope="module")
def workers(pipeline: Pipeline, broken: Path) -> Iterator[list[Child]]:
    """The saga's processes."""
    program = Path(__file__).with_name("choosy_worker.py")
    children = [pipeline.child("tailer"), pipeline.program(program, FAIL_WHILE=str(broken))]
    try:
        for child in children:
            child.start()
        for child in children:
            child.wait_ready(200)
        yield children
    finally:
        for child in children:
            child.end()


def test_failing_reviews_are_compensated_tried_again_and_completed_or_abandoned(
    pipeline: Pipeline, workers: list[Child], broken: Path, clickhouse_url: str
) -> None:
    broken.touch()
    sound, flaky, doomed = ([f"{kind}{n}" for n in range(5)] for kind in ("sound", "flaky", "doomed"))
    pipeline.publish([*sound, *flaky, *doomed])
    until(lambda: pipeline.histories(sound) == {SAGA: 5}, 60)
    until(lambda: pipeline.histories(flaky) == {(*COUNTED, *FAILED[:3]): 5}, 60)
    broken.unlink()
    completed = (*COUNTED, *FAILED, SAGA[-1])
    until(lambda: pipeline.histories(flaky) == {completed: 5}, 60)
    given_up = (*COUNTED, *FAILED, *FAILED, FAILED[0], FAILED[1], "review.abandoned")
    until(lambda: pipeline.histories(doomed) == {given_up: 5}, 60)
    check_times(pipeline, [*flaky, *doomed])
    until(lambda: counted(clickhouse_url, pipeline) == 10, 30)
    until(lambda: waiting.troubled(pipeline.pool) == waiting.Troubled(0, 5), 30)
    assert [child.exit_code for child in workers] == [None, None]


def check_times(pipeline: Pipeline, ids: list[str]) -> None:
    """No retry began before its time, and each wait was twice the one before."""
    for external in ids:
        recorded = EventLog(pipeline.pool).read_stream(pipeline.stream(external))
        for at, (before, after) in enumerate(pairwise(recorded)):
            event = decode(before.state)
            if isinstance(event, ReviewMarkedForRetry):
                assert decode(after.state).updated_at >= event.not_before
                assert event.not_before == event.marked_at + timedelta(seconds=BACKOFF) * 2 ** (event.attempt - 2)
                assert isinstance(decode(recorded[at - 1].state), AnalyticsRolledBack)
        last = decode(recorded[-1].state)
        assert not isinstance(last, ReviewAbandoned) or (last.attempts, last.step) == (ATTEMPTS, "notify")
        failures = [event for event in map(decode, (each.state for each in recorded)) if isinstance(event, StepFailed)]
        assert {failure.error for failure in failures} == {"the channel does not take this one"}


def counted(url: str, pipeline: Pipeline) -> int:
    """How many reviews the rollups count."""
    client = clickhouse.connect(url)
    try:
        query = "SELECT sum(total_reviews) FROM analytics.review_metrics WHERE tenant_id = %(tenant)s"
        return int(client.execute(query, {"tenant": str(pipeline.tenant.id)})[0][0])
    finally:
        client.disconnect()


def test_a_saga_whose_trigger_was_never_sent_is_completed_by_the_sweeper(
    pipeline: Pipeline, workers: list[Child]
) -> None:
    tailer = workers[0]
    tailer.end()
    log, positions = EventLog(pipeline.pool), Positions(pipeline.pool)
    change = collected("lost", tenant=pipeline.tenant.id)
    asyncio.run(Reviews(log).append([change]))
    positions.move("steps", log.head())
    tailer.start()
    until(lambda: pipeline.histories(["lost"]) == {SAGA: 1}, 60)
    collected_at, stored_at = (event.recorded_at for event in log.read_stream(change.review.id)[:2])
    assert (stored_at - collected_at).total_seconds() >= DEADLINE
    assert "sweeper.sent" in tailer.output.read_text()


def test_a_request_that_a_worker_of_another_version_left_is_taken_up_by_one_of_its_version(
    pipeline: Pipeline, workers: list[Child]
) -> None:
    pipeline.publish(["early"])
    until(lambda: pipeline.histories(["early"]) == {SAGA: 1}, 60)
    asyncio.run(ask_for(pipeline, "early", "2"))
    streams = workers[1]
    until(lambda: "nlp.left" in streams.output.read_text(), 30)
    assert pipeline.histories(["early"]) == {(*SAGA, "review.reprocessing_requested"): 1}
    streams.end()
    streams.start(REVIEWSTREAM_PROCESSING_VERSION="2")
    until(lambda: pipeline.histories(["early"]) == {(*SAGA, "review.reprocessing_requested", *SAGA[2:]): 1}, 120)
    events = [decode(event.state) for event in EventLog(pipeline.pool).read_stream(pipeline.stream("early"))]
    assert [each.processing_version for each in events if isinstance(each, SentimentAnalyzed)] == ["1", "2"]


async def ask_for(pipeline: Pipeline, external: str, version: str) -> None:
    """Ask for a review to be analysed by that version."""
    reviews, stream = Reviews(EventLog(pipeline.pool)), pipeline.stream(external)
    review = (await reviews.read({stream}))[stream]
    events = request_reprocessing(review, version, now=datetime.now(UTC))
    assert not await reviews.append([Change(review, events)])
