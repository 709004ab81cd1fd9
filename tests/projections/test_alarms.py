"""Alarms on the real log and stores: raised once, whatever comes late or is judged again; closed when it is calm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from clickhouse_driver import Client
from psycopg_pool import ConnectionPool

from eventstore.log import EventLog
from operations.alarms.detect import AlarmDetection
from operations.alarms.judging import judge_apart, judge_here
from operations.alarms.keeper import AlarmKeeper
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.postgres.alarms import AlarmsProjector
from projections.postgres.failures import FailuresProjector
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.reviews import ReviewsProjector
from projections.postgres.saga_progress import SagaProgressProjector
from projections.queries.alarm_numbers import AlarmNumbers
from projections.queries.alarms import alarms
from projections.rebuild.rebuild import rebuild
from projections.runner import GroupHandler, ProjectionHandler
from projections.verify.comparison import verify
from schemas.errors import Unavailable
from schemas.parts import TopicShare
from tests.projections.making import ACME, OTHER, History

FIRST = date(2024, 1, 1)
BAD = FIRST + timedelta(days=60)
LIFT = (TopicShare("t-lift", 0.9),)


class Story:
    """Five reviews a day, one of them negative, and what a test adds; followed by every read model."""

    def __init__(
        self, pool: ConnectionPool[Any], log: EventLog, store: ClickHouseStore, connect: Callable[[], Client]
    ) -> None:
        self.pool, self.log, self.store, self.history = pool, log, store, History()
        projectors = (ReviewsProjector(), SagaProgressProjector(), FailuresProjector(), AlarmsProjector())
        self.stores = [PostgresStore(pool, each) for each in projectors]
        handlers = [ProjectionHandler(pool, each, log) for each in (*self.stores, store)]
        self.group, self.number = GroupHandler("all", handlers), 0
        self.detection = AlarmDetection(log, AlarmNumbers(pool, connect, name=store.name), judge_here)

    def reviews(
        self,
        day: date,
        count: int,
        *,
        tenant: UUID = ACME,
        source: str = "harbour",
        bad: bool = False,
        word: str = "view",
    ) -> None:
        for _ in range(count):
            self.number += 1
            at, label = datetime.combine(day, time(12), UTC), "negative" if bad else "positive"
            one = self.history.review(
                f"r{self.number}", tenant=tenant, source=source, rating=1.0 if bad else 5.0, published_at=at
            )
            one.collected().stored().processed(keywords=((word, 0.9),)).sentiment(label, -0.6 if bad else 0.6)
            one.updated(
                label=label, score=-0.6 if bad else 0.6, topics=LIFT if word == "broken lift" else ()
            ).notified()

    def usual(self, since: date, until: date, **where: Any) -> None:
        for number in range((until - since).days):
            self.reviews(since + timedelta(days=number), 4, **where)
            self.reviews(since + timedelta(days=number), 1 + number % 2, bad=True, **where)

    def follow(self) -> None:
        self.history.save(self.log)
        while (position := self.group.position()) < self.log.head():
            self.group.handle(self.log.read_after(position, 5000))

    def look(self, since: date, until: date, **options: Any) -> Any:
        outcome = self.detection.look(ACME, since, until, **options)
        self.follow()
        return outcome


@pytest.fixture
def story(pool: ConnectionPool[Any], log: EventLog, analytics: ClickHouseStore, connect: Callable[[], Client]) -> Story:
    made = Story(pool, log, analytics, connect)
    made.usual(FIRST, BAD + timedelta(days=1))
    made.reviews(BAD, 8, bad=True, word="broken lift")
    made.usual(FIRST, BAD, tenant=OTHER)
    made.follow()
    return made


def test_a_bad_day_is_raised_once_with_what_drove_it(story: Story) -> None:
    quiet = story.look(FIRST + timedelta(days=30), BAD - timedelta(days=1))
    assert (quiet.raised, quiet.closed) == ([], [])
    planned = story.look(BAD, BAD, dry_run=True)
    assert (len(planned.raised) > 1, story.log.count(topics={"alarm.raised"})) == (True, 0)
    outcome = story.look(BAD, BAD)
    assert [each.alarm_id for each in outcome.raised] == [each.alarm_id for each in planned.raised]
    found = {(each.measure, each.topic): each for each in alarms(story.pool, ACME, only_open=True)}
    negative = found["negative", ""]
    assert (negative.observed, negative.day, negative.kind, negative.direction) == (9.0, BAD, "spike", "up")
    assert 1 < negative.expected < 2
    drivers = {(each["kind"], each["text"]) for each in negative.drivers}
    assert {("keyword", "broken lift"), ("topic", "t-lift")} <= drivers
    assert ("keyword", "view") not in drivers
    assert len(negative.review_ids) == 9
    assert "negative_share" in {measure for measure, _ in found}
    assert alarms(story.pool, OTHER) == []
    assert story.look(BAD, BAD).raised == []


def test_late_and_redated_reviews_raise_nothing_twice(story: Story) -> None:
    raised = len(story.look(BAD, BAD).raised)
    head = story.log.head()
    story.reviews(BAD, 5, bad=True)
    story.reviews(BAD - timedelta(days=1), 1, bad=True)
    story.follow()
    for _ in range(2):
        story.look(BAD - timedelta(days=3), BAD)
    assert len(story.log.read_after(head, 1000, topics={"alarm.raised", "alarm.closed"})) == 0
    assert len(alarms(story.pool, ACME)) == raised


def test_an_alarm_stays_until_it_is_calm_and_is_not_raised_anew(story: Story) -> None:
    story.look(BAD, BAD)
    after = BAD + timedelta(days=1)
    story.usual(after, after + timedelta(days=6))
    story.follow()
    assert story.look(after, after + timedelta(days=1)).closed == []
    outcome = story.look(after + timedelta(days=2), after + timedelta(days=4))
    assert {each.reason for each in outcome.closed} == {"back_to_normal"}
    assert alarms(story.pool, ACME, only_open=True) == []
    assert {each.closed_day for each in alarms(story.pool, ACME, since=BAD)} >= {after + timedelta(days=2)}
    again = story.look(FIRST + timedelta(days=30), after + timedelta(days=5))
    assert (again.raised, again.closed) == ([], [])


def test_who_was_forestalled_adds_nothing(story: Story) -> None:
    other = replace(
        story.detection, judge=lambda questions: (story.detection.look(ACME, BAD, BAD), judge_here(questions))[1]
    )
    assert other.look(ACME, BAD, BAD).raised == []
    story.follow()
    assert story.log.count(topics={"alarm.raised"}) == len(alarms(story.pool, ACME))


def test_a_rebuild_shows_the_same_alarms_and_raises_none(story: Story) -> None:
    story.look(BAD, BAD)
    before, head = alarms(story.pool, ACME), story.log.head()
    rebuild(story.pool, story.stores[-1], story.log)
    rebuild(story.pool, story.store, story.log)
    assert (alarms(story.pool, ACME), story.log.head()) == (before, head)
    report = verify(story.pool, story.log, clickhouse=story.store)
    assert [check for check in report.checks if not check.ok] == []
    assert story.look(BAD - timedelta(days=6), BAD).raised == []


def test_a_worker_looks_by_itself_in_a_process_that_ends(story: Story) -> None:
    keeper = AlarmKeeper(lambda: replace(story.detection, judge=judge_apart), 3600.0)
    found = keeper.round(BAD + timedelta(days=1))
    assert (len(found[ACME].raised) > 1, found[OTHER].raised) == (True, [])
    assert keeper.round(BAD + timedelta(days=2))[ACME].raised == []


def test_numbers_that_lack_reviews_are_not_judged(story: Story) -> None:
    story.reviews(BAD, 1)
    story.history.save(story.log)
    with pytest.raises(Unavailable, match="its numbers are not complete"):
        story.detection.check_level(datetime.now(UTC).date())
