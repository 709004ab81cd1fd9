"""History has one meaning: rebuilt three times, in shares, and from streams in any order, a read model is the same."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg_pool import ConnectionPool

from eventstore.log import EventLog
from eventstore.model import RecordedEvent
from projections import registry
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.ports import Digests, ProjectionStore
from projections.postgres.failures import FailuresProjector
from projections.postgres.feedback import FeedbackProjector
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.projector import Projector
from projections.postgres.review_topics import ReviewTopicsProjector
from projections.postgres.reviews import ReviewsProjector
from projections.postgres.saga_progress import SagaProgressProjector
from projections.rebuild.rebuild import begin, rebuild
from projections.registry import Version
from projections.runner import ProjectionHandler
from schemas.parts import Author, TopicShare
from tests.effort import examples
from tests.projections.making import ACME, NOON, OTHER, History, Review

PROJECTORS: dict[str, type[Projector]] = {
    each.name: each
    for each in (ReviewsProjector, SagaProgressProjector, FailuresProjector, FeedbackProjector, ReviewTopicsProjector)
}
STEPS = ("whole", "collected", "revised", "stored", "processed", "sentiment", "updated", "rolled_back", "failed", "marked", "abandoned", "reprocessing", "corrected", "moved", "assigned", "disputed", "dispute_withdrawn", "withdrawn")  # fmt: skip
NAMED = {"failed": "nlp", "marked": "nlp", "abandoned": "nlp"}
FACTS: dict[str, tuple[dict[str, Any], ...]] = {
    "corrected": ({"author": None}, {"author": Author("Another", None)}),
    "moved": ({"published_at": NOON + timedelta(days=40), "platform": ""}, {"published_at": NOON}),
}
"""By step, what the review's facts become in turn."""
TOPICS = ((TopicShare("t1", 0.5),), (TopicShare("t2", 0.75), TopicShare("t1", 0.25)), ())
"""What a review is about next, by how many topics it has."""
plans = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(STEPS)), min_size=5, max_size=60)


@pytest.fixture(params=[*PROJECTORS, "analytics"])
def store(request: pytest.FixtureRequest, pool: ConnectionPool, analytics: ClickHouseStore) -> ProjectionStore:
    return analytics if request.param == "analytics" else PostgresStore(pool, PROJECTORS[request.param]())


def made(history: History, plan: Sequence[tuple[int, str]], salt: int) -> None:
    """Steps of six reviews of two tenants, in whatever order; what cannot be is left out."""
    reviews: dict[int, Review] = {}
    for number, step in plan:
        review = reviews.get(number)
        if review is None:
            review = reviews[number] = history.review(f"{salt}/{number}", tenant=(ACME, OTHER)[number % 2])
            review.collected()
        if (step == "rolled_back" and review.counted is None) or (review.gone and step != "revised"):
            continue
        if step == "assigned":
            if review.counted is not None and review.counted_revision == review.revision:
                review.assigned(*TOPICS[len(review.counted.topics)])
            continue
        if step in FACTS:
            review.corrected(**FACTS[step][review.corrections % 2])
            continue
        getattr(review, step)(*([NAMED[step]] if step in NAMED else []))


def by_stream(events: Sequence[RecordedEvent], seed: int) -> list[RecordedEvent]:
    """One stream after the other, the streams in an order of chance."""
    streams: defaultdict[UUID, list[RecordedEvent]] = defaultdict(list)
    for event in events:
        streams[event.stream_id].append(event)
    shuffled = list(streams.values())
    random.Random(seed).shuffle(shuffled)
    return [event for stream in shuffled for event in stream]


def content(pool: ConnectionPool, store: ProjectionStore, version: Version | None = None) -> Digests:
    with pool.connection() as connection:
        return store.digests(connection, version or registry.live_or_fail(connection, store.name))


@pytest.fixture
def worker(pool: ConnectionPool, store: ProjectionStore, log: EventLog) -> Iterator[ProjectionHandler]:
    handler = ProjectionHandler(pool, store, log)
    handler.position()
    return handler


@settings(max_examples=examples(6))
@given(plan=plans, seed=st.integers(0, 2**32))
def test_any_history_read_in_any_order_of_streams_has_the_same_content(
    pool: ConnectionPool,
    store: ProjectionStore,
    log: EventLog,
    worker: ProjectionHandler,
    plan: list[tuple[int, str]],
    seed: int,
) -> None:
    history = History()
    made(history, plan, log.head())  # the log outlives an example
    head = history.save(log)
    for events in log.scan(worker._current().position, batch=13):
        worker.handle(events)
    live = content(pool, store)
    every = [event for page in log.scan(topics=store.topics) for event in page]
    at = begin(pool, store)
    shuffled = store.advance(at, by_stream(every, seed), head)
    assert content(pool, store, shuffled) == live


def test_three_rebuilds_have_the_same_content(
    pool: ConnectionPool, store: ProjectionStore, log: EventLog, worker: ProjectionHandler, history: History
) -> None:
    chance = random.Random(9)
    plan = [(chance.randrange(6), chance.choice(STEPS)) for _ in range(300)]
    made(history, [*plan, (7, "whole"), (7, "assigned"), (7, "disputed")], 0)  # one that nothing takes back
    history.save(log)
    for events in log.scan(0, batch=50):
        worker.handle(events)
    before = content(pool, store)
    assert sum(digest.rows for digest in before.values()) > 0
    for version in (2, 3, 4):
        assert rebuild(pool, store, log).version == version
        assert content(pool, store) == before
