"""The compensate step, run by the runtime as every step is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from pymongo.collection import Collection

from aggregates.review.aggregate import Review
from aggregates.review.commands import fail
from connectors import mongo
from eventstore.log import EventLog
from eventstore.model import RecordedEvent
from schemas.codec import decode
from schemas.events.review import AnalyticsRolledBack, ReviewAbandoned, ReviewMarkedForRetry
from schemas.topics import triggers
from streams.dead_letters.producer import DeadLetterProducer
from streams.runtime.reviews import Change, Reviews
from streams.runtime.step_runtime import StepRuntime
from streams.steps.compensate import Compensate
from streams.steps.store_raw import Store
from streams.topics import all_topics
from tests.streams.making import NOW, collected, next_events, packed


class Bench:
    """Failed reviews, and the runtime of the step."""

    def __init__(self, log: EventLog, deadletters: DeadLetterProducer) -> None:
        self.log, self.deadletters = log, deadletters

    async def failed(self, *, at: str = "store", times: int = 1) -> RecordedEvent:
        """The event that tells of the last failure."""
        change = collected()
        await self.write(change)
        review = change.review.after(change.events)
        while review.step != at:
            review = await self.change(review, next_events(review))
        for _ in range(times - 1):
            await self.run(self.newest(await self.fail(review, at)))
            review = (await Reviews(self.log).read({review.id}))[review.id]
        return self.newest(await self.fail(review, at))

    async def write(self, change: Change) -> None:
        assert await Reviews(self.log).append([change]) == set()

    async def change(self, review: Review, events: tuple[object, ...]) -> Review:
        await self.write(Change(review, events))
        return review.after(events)

    async def fail(self, review: Review, at: str) -> Review:
        return await self.change(review, fail(review, 1, at, error_type="Broken", error="", now=NOW))

    def newest(self, review: Review) -> RecordedEvent:
        return self.log.read_stream(review.id)[-1]

    async def run(self, *events: RecordedEvent) -> None:
        """As the agent does, with an empty cache."""
        step = Compensate(
            max_attempts=3, backoff=timedelta(seconds=10), longest=timedelta(hours=1), now=lambda: NOW
        )  # fmt: skip
        runtime = StepRuntime(step, Reviews(self.log), self.deadletters, now=lambda: NOW)
        await runtime.commit(await runtime.prepare([packed(events)]))

    def after(self, event: RecordedEvent) -> list[object]:
        """What followed it."""
        return [decode(each.state) for each in self.log.read_stream(event.stream_id)[event.version :]]


@pytest.fixture
def bench(log: EventLog, deadletters: DeadLetterProducer) -> Bench:
    return Bench(log, deadletters)


@pytest.fixture
def raw(mongo_url: str) -> Iterator[Collection[dict[str, Any]]]:
    with mongo.connect(mongo_url) as client:
        yield client[f"test_{uuid4().hex}"]["raw_reviews"]


def test_a_failure_is_what_it_is_fed_with() -> None:
    assert triggers()["review.step_failed"] == "compensate"
    assert "steps.compensate" in all_topics(1)
    assert not {"review.marked_for_retry", "review.abandoned", "review.analytics_rolled_back"} & triggers().keys()


async def test_a_failed_review_is_marked_once_whatever_is_repeated(bench: Bench) -> None:
    event = await bench.failed()
    for _ in range(3):
        await bench.run(event)
    assert bench.after(event) == [
        ReviewMarkedForRetry(
            revision=1, step="store", attempt=2, not_before=NOW + timedelta(seconds=10), marked_at=NOW
        )
    ]  # fmt: skip
    marked = bench.log.read_stream(event.stream_id)[-1]
    assert marked.causation_id == event.event_id


async def test_a_contribution_is_withdrawn_in_the_same_append(bench: Bench) -> None:
    event = await bench.failed(at="notify")
    await bench.run(event)
    assert [type(each) for each in bench.after(event)] == [AnalyticsRolledBack, ReviewMarkedForRetry]


async def test_the_last_attempt_is_abandoned_and_logged(bench: Bench, capfd: pytest.CaptureFixture[str]) -> None:
    event = await bench.failed(times=3)
    await bench.run(event)
    assert [type(each) for each in bench.after(event)] == [ReviewAbandoned]
    printed = capfd.readouterr().out
    assert "review.abandoned" in printed
    assert str(event.stream_id) in printed
    assert "coffee" not in printed


async def test_a_retry_is_not_done_before_its_time_even_if_its_old_trigger_comes_again(
    bench: Bench, raw: Collection[dict[str, Any]]
) -> None:
    event = await bench.failed()
    await bench.run(event)
    collected_event = bench.log.read_stream(event.stream_id)[0]
    for seconds, topics in ((8, []), (9, ["review.raw_stored"])):
        clock = partial(lambda late: NOW + timedelta(seconds=late), seconds)
        store = StepRuntime(Store(raw), Reviews(bench.log), bench.deadletters, now=clock)
        await store.commit(await store.prepare([packed([collected_event])]))
        assert [each.topic for each in bench.log.read_stream(event.stream_id)[3:]] == topics
