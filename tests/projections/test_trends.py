"""Weeks and months, of all reviews, a source, a topic; how fresh they are; and a version that an earlier release built."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from clickhouse_driver import Client
from hypothesis import given
from hypothesis import strategies as st
from psycopg_pool import ConnectionPool

from eventstore.log import EventLog
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.clickhouse.periods import spans
from projections.queries.trends import ALL_TOPICS, Trend, Trends
from projections.rebuild.rebuild import rebuild
from projections.runner import ProjectionHandler, ensure_live
from projections.verify.comparison import verify
from schemas.errors import Unavailable
from schemas.parts import TopicShare
from tests.projections.making import ACME, OTHER, History
from tests.projections.test_analytics import follow

ROOM, FOOD = TopicShare("room", 0.75), TopicShare("food", 0.25)
SPAN = {"since": date(2024, 1, 1), "until": date(2024, 12, 31)}
SUNDAY, MONDAY, LATER = date(2024, 3, 31), date(2024, 4, 1), date(2024, 4, 9)


@pytest.fixture
def trends(pool: ConnectionPool[Any], analytics: ClickHouseStore, connect: Callable[[], Client]) -> Trends:
    return Trends(pool, connect, name=analytics.name)


@pytest.fixture
def handler(pool: ConnectionPool[Any], analytics: ClickHouseStore, log: EventLog) -> ProjectionHandler:
    return ProjectionHandler(pool, analytics, log)


def told(history: History) -> None:
    history.review("r1").collected(source="quay").updated(
        day=SUNDAY, rating=2.0, label="negative", score=-0.5, topics=(ROOM, FOOD)
    )
    history.review("r2").collected(source="quay").updated(day=MONDAY, rating=4.0, topics=(ROOM,))
    history.review("r3").collected(source="pier").updated(
        day=LATER, rating=None, label="neutral", score=0.0, topics=(ROOM,)
    )
    history.review("r4").collected(source="pier").updated(day=LATER, rating=5.0)
    history.review("r5", tenant=OTHER).collected().updated(day=MONDAY, topics=(ROOM,))


def test_weeks_and_months_of_all_and_of_a_topic(
    trends: Trends, handler: ProjectionHandler, log: EventLog, history: History
) -> None:
    told(history)
    follow(handler, log, history)
    assert trends.by_period("month", ACME, **SPAN) == [
        Trend(date(2024, 3, 1), "", 1, 0, 0, 1, 0, 2.0),
        Trend(date(2024, 4, 1), "", 3, 2, 1, 0, 0, 4.5),
    ]
    weeks = [(each.first_day, each.total_reviews) for each in trends.by_period("week", ACME, **SPAN)]
    assert weeks == [(date(2024, 3, 25), 1), (MONDAY, 1), (date(2024, 4, 8), 2)]
    topics = [
        (each.first_day, each.topic, each.total_reviews, each.avg_rating)
        for each in trends.by_period("month", ACME, topic=ALL_TOPICS, **SPAN)
    ]
    assert topics == [(date(2024, 3, 1), "food", 1, 2.0), (date(2024, 3, 1), "room", 1, 2.0), (MONDAY, "room", 2, 4.0)]
    (only,) = trends.by_period("week", ACME, since=LATER, until=LATER, topic="room", source="pier")
    assert only == Trend(date(2024, 4, 8), "room", 1, 0, 1, 0, 0, None)
    assert trends.by_period("week", ACME, topic="harbour", **SPAN) == []


def test_what_is_corrected_or_withdrawn_moves_and_goes(
    trends: Trends,
    handler: ProjectionHandler,
    log: EventLog,
    history: History,
    pool: ConnectionPool[Any],
    analytics: ClickHouseStore,
) -> None:
    review = history.review("r1").collected().updated(day=SUNDAY, topics=(ROOM,))
    follow(handler, log, history)
    review.revised().updated(day=MONDAY, label="negative", score=-0.5, topics=(FOOD,))
    follow(handler, log, history)
    (found,) = trends.by_period("month", ACME, topic=ALL_TOPICS, **SPAN)
    assert (found.first_day, found.topic, found.sentiment_negative) == (MONDAY, "food", 1)
    review.withdrawn()
    follow(handler, log, history)
    assert trends.by_period("month", ACME, topic=ALL_TOPICS, **SPAN) == []
    assert [check for check in verify(pool, log, clickhouse=analytics).checks if not check.ok] == []


def test_it_says_how_far_behind_it_is(
    trends: Trends, handler: ProjectionHandler, log: EventLog, history: History
) -> None:
    told(history)
    follow(handler, log, history)
    assert (trends.freshness(log).behind, trends.freshness(log).seconds) == (0, 0.0)
    history.review("r9").collected().stored()
    head = history.save(log)
    fresh = trends.freshness(log)
    assert (fresh.position, fresh.behind) == (head - 2, 2)
    assert 0 <= fresh.seconds < 120


def test_a_version_of_an_earlier_release_counts_on_and_gets_topics_by_a_replay(
    trends: Trends, log: EventLog, history: History, pool: ConnectionPool[Any], analytics: ClickHouseStore
) -> None:
    live = ensure_live(pool, analytics)
    analytics.clients.execute(f"DROP TABLE {live.target}.topic_periods SYNC")
    with pool.connection() as connection:
        connection.execute("UPDATE projections SET shape = 'before' WHERE name = %s", (analytics.name,))
        connection.commit()
        assert analytics.missing(connection, ensure_live(pool, analytics)) == []
    told(history)
    follow(ProjectionHandler(pool, analytics, log), log, history)
    assert len(trends.by_period("month", ACME, **SPAN)) == 2
    with pytest.raises(Unavailable, match="replay analytics"):
        trends.by_period("month", ACME, topic="room", **SPAN)
    assert [check for check in verify(pool, log, clickhouse=analytics).checks if not check.ok] == []
    rebuild(pool, analytics, log)
    assert len(trends.by_period("month", ACME, topic="room", **SPAN)) == 2


@given(day=st.dates(date(1970, 1, 1), date(2100, 12, 31)))
def test_a_day_is_in_its_periods(day: date) -> None:
    found = dict(spans(day))
    assert found["week"].weekday() == 0
    assert timedelta() <= day - found["week"] < timedelta(days=7)
    assert (found["month"].day, found["month"].month) == (1, day.month)
