"""Failing sagas in processes of their own: compensated, tried again at their time, completed or abandoned."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from aggregates.review.commands import request_reprocessing
from connectors import clickhouse
from connectors.databases import scripts_of
from connectors.migrations import migrate
from embedded.kafka import Kafka
from eventstore.log import EventLog
from eventstore.positions import Positions
from nlp.tiers import DEFAULT, VERSIONS
from projections.queries import waiting
from projections.queries.operations import failures
from schemas.codec import decode
from schemas.events.review import (
    AnalyticsRolledBack,
    ReviewAbandoned,
    ReviewMarkedForRetry,
    SentimentAnalyzed,
    StepFailed,
)
from services.tenancy.tenants import Tenants
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
MARKED = FAILED[2]
KINDS = {"retry": 3 * (ATTEMPTS - 1), "given_up": 3}


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
        migrate(url, scripts_of("projections"))
        yield replace(made, environment={**made.environment, "REVIEWSTREAM_READMODELS_URL": url})


@pytest.fixture(scope="module")
def workers(pipeline: Pipeline) -> Iterator[list[Child]]:
    """The saga's processes."""
    program = Path(__file__).with_name("choosy_worker.py")
    children = [pipeline.child("tailer"), pipeline.program(program)]
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
    pipeline: Pipeline, workers: list[Child], clickhouse_url: str
) -> None:
    sound, flaky, doomed = ([f"{kind}{n}" for n in range(5)] for kind in ("sound", "flaky", "doomed"))
    pipeline.publish([*sound, *flaky, *doomed])
    until(lambda: pipeline.histories(sound) == {SAGA: 5})
    completed = (*COUNTED, *FAILED, SAGA[-1])
    until(lambda: pipeline.histories(flaky) == {completed: 5})
    given_up = (*COUNTED, *FAILED, *FAILED, FAILED[0], FAILED[1], "review.abandoned")
    until(lambda: pipeline.histories(doomed) == {given_up: 5})
    check_times(pipeline, [*flaky, *doomed])
    until(lambda: counted(clickhouse_url, pipeline) == 10)
    until(lambda: waiting.troubled(pipeline.pool) == waiting.Troubled(0, 5))
    assert [child.exit_code for child in workers] == [None, None]


def test_a_channel_that_fails_takes_nothing_back_delays_nobody_and_ends_no_worker(
    pipeline: Pipeline, workers: list[Child], clickhouse_url: str
) -> None:
    before = counted(clickhouse_url, pipeline)
    silent = replace(pipeline, tenant=Tenants(pipeline.pool).create("silent-harbour"))
    well, late, unheard, hung = ([f"{kind}{n}" for n in range(3)] for kind in ("well", "late", "unheard", "hung"))
    silent.publish(hung)
    pipeline.publish([*well, *late, *unheard])
    until(lambda: pipeline.histories([*well, *unheard]) == {SAGA: 6})
    until(lambda: counted(clickhouse_url, pipeline) == before + 9)
    until(lambda: pipeline.histories(late) == {(*COUNTED, MARKED, SAGA[-1]): 3})
    until(lambda: silent.histories(hung) == {(*COUNTED, *[MARKED] * (ATTEMPTS - 1), SAGA[-1]): 3})
    assert {given_up(pipeline, name) for name in (*well, *late)} == {()}
    assert {given_up(pipeline, name) for name in unheard} == {(("unheard_of", 1),)}
    assert {reason for name in hung for reason, _ in given_up(silent, name)} <= {"timed_out", "busy"}
    assert {attempts for name in hung for _, attempts in given_up(silent, name)} == {ATTEMPTS}
    until(lambda: Counter(each.kind for each in failures(pipeline.pool, tenant_id=silent.tenant.id)) == KINDS)
    assert [child.exit_code for child in workers] == [None, None]


def given_up(pipeline: Pipeline, external: str) -> tuple[tuple[str, int], ...]:
    """Why, and after how many attempts, by the event that completes the saga."""
    told = decode(EventLog(pipeline.pool).read_stream(pipeline.stream(external))[-1].state)
    return tuple((each.reason, each.attempts) for each in told.given_up)


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
        assert {failure.error for failure in failures} == {"the step does not take this one"}


def counted(url: str, pipeline: Pipeline) -> int:
    """How many reviews the rollups count."""
    client = clickhouse.connect(url)
    try:
        query = "SELECT sum(total_reviews) FROM analytics.review_metrics WHERE tenant_id = %(tenant)s"
        return int(client.execute(query, {"tenant": str(pipeline.tenant.id)})[0][0])
    finally:
        client.disconnect()


@pytest.mark.long
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
    until(lambda: pipeline.histories(["lost"]) == {SAGA: 1})
    collected_at, stored_at = (event.recorded_at for event in log.read_stream(change.review.id)[:2])
    assert (stored_at - collected_at).total_seconds() >= DEADLINE
    assert "sweeper.sent" in tailer.output.read_text()


@pytest.mark.long
def test_a_request_that_a_worker_of_another_version_left_is_taken_up_by_one_of_its_version(
    pipeline: Pipeline, workers: list[Child]
) -> None:
    pipeline.publish(["early"])
    until(lambda: pipeline.histories(["early"]) == {SAGA: 1})
    asyncio.run(ask_for(pipeline, "early", "9"))
    streams = workers[1]
    until(lambda: "nlp.left" in streams.output.read_text())
    assert pipeline.histories(["early"]) == {(*SAGA, "review.reprocessing_requested"): 1}
    streams.end()
    streams.start(REVIEWSTREAM_PROCESSING_VERSION="9")
    until(lambda: pipeline.histories(["early"]) == {(*SAGA, "review.reprocessing_requested", *SAGA[2:]): 1})
    events = [decode(event.state) for event in EventLog(pipeline.pool).read_stream(pipeline.stream("early"))]
    assert [each.processing_version for each in events if isinstance(each, SentimentAnalyzed)] == [
        VERSIONS[DEFAULT],
        "9",
    ]


async def ask_for(pipeline: Pipeline, external: str, version: str) -> None:
    """Ask for a review to be analysed by that version."""
    reviews, stream = Reviews(EventLog(pipeline.pool)), pipeline.stream(external)
    review = (await reviews.read({stream}))[stream]
    events = request_reprocessing(review, version, now=datetime.now(UTC))
    assert not await reviews.append([Change(review, events)])
