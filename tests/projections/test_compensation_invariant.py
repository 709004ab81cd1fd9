"""What was compensated leaves no trace in the sums, however far the saga had come and however the events are batched."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from clickhouse_driver import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg_pool import ConnectionPool

from aggregates.review.aggregate import Review
from aggregates.review.commands import contribution_of, update_analytics
from aggregates.review.saga import ABANDONED, DONE, FAILED, WITHDRAWN
from eventstore.log import EventLog
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.postgres.failures import FailuresProjector
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.saga_progress import SagaProgressProjector
from projections.queries import waiting
from projections.queries.metrics import Metrics
from projections.runner import GroupHandler, ProjectionHandler
from schemas.parts import TopicShare
from streams.runtime.reviews import Change
from tests.aggregates.making import (
    NOW,
    Command,
    analysing,
    collecting,
    compensating,
    failing,
    notifying,
    retrying_now,
    storing,
    withdrawing,
)
from tests.effort import examples
from tests.projections.conftest import Ask, Rows

MOVES = st.lists(st.sampled_from(["on", "on", "on", "fail", "revise", "correct"]), max_size=12)


def counting_topics(review: Review) -> tuple[Any, ...]:
    return update_analytics(review, review.revision, topics=[TopicShare("rooms", 0.25)], now=NOW)


class Story:
    """One review's stream, told by commands."""

    def __init__(self, tenant: UUID) -> None:
        self.review, self.changes = Review(uuid4(), tenant), list[Change]()
        self.tell(collecting(rating=4))

    def tell(self, command: Command) -> None:
        events = command(self.review)
        assert events
        self.changes.append(Change(self.review, events))
        self.review = self.review.after(events)

    def on(self) -> None:
        """The step that it waits for succeeds; a failed review is compensated, an abandoned one retried."""
        revision, version = self.review.revision, f"v{self.review.revision}"
        commands = {
            "store": storing(revision),
            "nlp": analysing(revision, version, score=-0.5),
            "analytics": counting_topics,
            "notify": notifying(revision),
            FAILED: compensating(2),
            ABANDONED: retrying_now(),
            DONE: self.revision(),
        }
        self.tell(commands[self.review.step])

    def move(self, name: str) -> None:
        if name == "fail" and self.review.step not in {DONE, FAILED, ABANDONED}:
            self.tell(failing(self.review.step, self.review.revision))
        elif name == "correct":
            self.correct()
        else:
            self.tell(self.revision()) if name == "revise" else self.on()

    def correct(self) -> None:
        """The same words on another day."""
        body, day = self.review.body, 1 + len(self.changes) % 28
        self.tell(collecting(content=body.content, rating=body.rating, published_at=f"2026-01-{day:02d}T12:00:00Z"))

    def withdraw(self) -> None:
        """Its source deleted it."""
        self.tell(withdrawing())
        assert self.review.contribution is None

    def give_up(self) -> None:
        """It fails, and whatever it counted for is taken back."""
        while self.review.step != ABANDONED:
            if self.review.step in {DONE, FAILED}:
                self.tell(self.revision() if self.review.step == DONE else compensating(1))
            else:
                self.tell(failing(self.review.step, self.review.revision))
        assert self.review.contribution is None

    def complete(self) -> None:
        while self.review.step != DONE:
            self.on()

    def revision(self) -> Command:
        return collecting(content=f"Words of revision {self.review.revision + 1}.", rating=1)


def append(log: EventLog, stories: Iterable[Story]) -> None:
    """The stories side by side: their events mixed, each in its order."""
    queues = [[new for change in story.changes for new in change.recorded()] for story in stories]
    while any(queues):
        result = log.append([queue.pop(0) for queue in queues if queue])
        assert not result.conflicts


def everything(pool: ConnectionPool, analytics: ClickHouseStore, client: Client, tenant: UUID) -> tuple[Any, ...]:
    """Every sum that a tenant sees."""
    metrics = Metrics(pool, lambda: client, name=analytics.name)
    counters = {name: value for name, value in metrics.counters(tenant).items() if value}
    return metrics.by_day(tenant), metrics.by_origin("source", tenant), metrics.topics(tenant), counters


@settings(max_examples=examples(20))
@given(
    plans=st.lists(st.tuples(MOVES, st.sampled_from([ABANDONED, WITHDRAWN])), min_size=1, max_size=4),
    others=st.integers(0, 2),
    batch=st.integers(1, 40),
)
def test_what_is_compensated_or_withdrawn_might_as_well_never_have_been_collected(
    pool: ConnectionPool,
    analytics: ClickHouseStore,
    log: EventLog,
    ask: Ask,
    rows: Rows,
    connect: Any,
    plans: list[tuple[list[str], str]],
    others: int,
    batch: int,
) -> None:
    tenant, alone = uuid4(), uuid4()
    ending_ones = [Story(tenant) for _ in plans]
    for story, (plan, end) in zip(ending_ones, plans, strict=True):
        for name in plan:
            story.move(name)
        story.give_up() if end == ABANDONED else story.withdraw()
    sound = [Story(tenant) for _ in range(others)]
    control = [Story(alone) for _ in range(others)]
    for story in (*sound, *control):
        story.complete()
    append(log, [*ending_ones, *sound, *control])
    follow(pool, analytics, log, batch)
    client = connect()
    assert everything(pool, analytics, client, tenant) == everything(pool, analytics, client, alone)
    facts = ask(f"SELECT review_id FROM {{db}}.review_facts WHERE tenant_id = '{tenant}'")
    assert {str(review) for (review,) in facts} == {str(story.review.id) for story in sound}
    progress = rows("SELECT review_id, next_step FROM saga_progress WHERE tenant_id = %(tenant)s", tenant=tenant)
    expected = {story.review.id: story.review.step for story in ending_ones} | {
        story.review.id: DONE for story in sound
    }
    assert {row["review_id"]: row["next_step"] for row in progress} == expected
    assert waiting.troubled(pool).retrying == 0


def follow(pool: ConnectionPool, analytics: ClickHouseStore, log: EventLog, batch: int) -> None:
    """All projections to the end of the log."""
    stores = [analytics, PostgresStore(pool, SagaProgressProjector()), PostgresStore(pool, FailuresProjector())]
    group = GroupHandler("all", [ProjectionHandler(pool, store, log) for store in stores])
    for events in log.scan(group.position(), batch=batch):
        group.handle(events)


def test_the_sums_notice_what_is_not_compensated(
    pool: ConnectionPool, analytics: ClickHouseStore, log: EventLog, connect: Any
) -> None:
    """The control of the test above."""
    tenant, alone = uuid4(), uuid4()
    story = Story(tenant)
    while story.review.contribution is None:
        story.on()
    story.tell(failing("notify"))
    append(log, [story])
    follow(pool, analytics, log, 10)
    client = connect()
    assert everything(pool, analytics, client, tenant) != everything(pool, analytics, client, alone)
    assert contribution_of(story.review).rating == 4.0
    story.changes.clear()
    story.tell(compensating(1))
    append(log, [story])
    follow(pool, analytics, log, 10)
    assert everything(pool, analytics, client, tenant) == everything(pool, analytics, client, alone)
