"""Verification finds what differs, and nothing where nothing does."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from clickhouse_driver import Client
from psycopg_pool import ConnectionPool

from eventstore.log import EventLog
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.postgres.failures import FailuresProjector
from projections.postgres.feedback import FeedbackProjector
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.reviews import ReviewsProjector
from projections.postgres.saga_progress import SagaProgressProjector
from projections.runner import GroupHandler, ProjectionHandler
from projections.verify import comparison as verifying
from projections.verify.comparison import Report, verify
from schemas.parts import TopicShare
from tests.projections.conftest import Rows
from tests.projections.making import NOON, OTHER, History, undelivered


@pytest.fixture
def group(pool: ConnectionPool, log: EventLog, analytics: ClickHouseStore) -> GroupHandler:
    stores = [
        PostgresStore(pool, p)
        for p in (ReviewsProjector(), SagaProgressProjector(), FailuresProjector(), FeedbackProjector())
    ]
    return GroupHandler("all", [ProjectionHandler(pool, store, log) for store in (*stores, analytics)])


@pytest.fixture
def full(group: GroupHandler, log: EventLog, history: History) -> None:
    """Two tenants, with revisions, rollbacks, failures, moved days, odd numbers and letters."""
    for n in range(12):
        topics = (TopicShare("rooms", 0.5), TopicShare("food", 0.12345))[: n % 3]
        review = history.review(f"r{n}", rating=[None, 1.005, 2.5, 4.445, 5.0][n % 5]).collected(
            title="Überraschung | 日本"
        )
        review.stored().analyzed().updated(topics=topics, score=[-0.0004, 0.12345, None][n % 3])
        if n % 4 == 0:
            review.revised(content="Wieder.").stored().processed().sentiment("undetermined", None)
            review.updated(day=review.body.get("day") or history_day(n), label="undetermined", score=None)
        if n % 5 == 0:
            review.rolled_back().failed("notify").marked("notify")
    history.review("other", tenant=OTHER, platform="", author=None).whole().reprocessing().sentiment(score=-0.005)
    history.review("gone", tenant=OTHER).collected().failed("store", 3).abandoned("store")
    late = history.review("late").collected().stored().analyzed().updated(day=date(2001, 2, 3))
    late.marked("notify", 2, pending=(undelivered("webhook", "timed_out"),))
    late.notified(undelivered("webhook", "timed_out", 5), undelivered("mail", "no_such_box"))
    moved = history.review("moved", tenant=OTHER).whole().corrected(published_at=NOON + timedelta(days=9), author=None)
    moved.corrected(platform="web")
    history.review("early", tenant=OTHER).collected().corrected(platform="").stored().analyzed().updated().corrected()
    history.review("deleted", tenant=OTHER).whole().withdrawn()
    history.review("back", tenant=OTHER).whole().withdrawn().revised(content="Wieder da.").stored().analyzed().updated()
    told = history.review("told").whole().disputed().disputed(None, field="keyword", given="Harbour View", note="Ä | b")
    told.disputed("neutral").disputed("x", field="entity", given=None, who="bob").disputed(who="bob")
    told.dispute_withdrawn(who="bob").revised(content="Neu.").stored().analyzed().updated().notified().disputed(
        "neutral"
    )
    history.review("told and deleted").whole().disputed().withdrawn()
    history.review("never finished", tenant=OTHER).collected().withdrawn()
    group.position()
    history.save(log)
    for events in log.scan(batch=13):
        group.handle(events)


def history_day(n: int):
    return date(2001 + n, 2, 3)


def failed(report: Report) -> list[str]:
    return [check.name for check in report.checks if not check.ok]


def check(pool: ConnectionPool, log: EventLog, analytics: ClickHouseStore) -> Report:
    return verify(pool, log, clickhouse=analytics, timeout=0.1)


@pytest.mark.usefixtures("full")
def test_sound_read_models_pass_every_check(
    pool: ConnectionPool, log: EventLog, analytics: ClickHouseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = check(pool, log, analytics)
    assert failed(report) == []
    rows = {c.name: c.actual["rows"] for c in report.checks if isinstance(c.actual, dict)}
    assert rows.pop("review_metrics: sums of the facts") > 3
    assert rows.pop("daily_stats: sums of the facts") > 10
    assert rows.pop("topic_trends: sums of the facts") >= 2
    assert rows.pop("topic_periods: sums of the facts") >= 2
    assert rows == {
        "processed_reviews": 19,
        "review_entities": 18,
        "review_keywords": 18,
        "review_aspects": 18,
        "saga_progress": 22,
        "failures": 10,
        "review_feedback": 4,
        "review_facts": 15,
        "review_vectors": 0,
    }
    assert json.loads(json.dumps(report.as_json()))["ok"]
    monkeypatch.setattr(verifying, "REVIEWS_AT_ONCE", 3)
    assert check(pool, log, analytics).checks == report.checks


DAMAGE = {
    "a row is gone": ("DELETE FROM processed_reviews WHERE external_id = 'r3' RETURNING 1", "processed_reviews"),
    "a label differs": (
        "UPDATE processed_reviews SET sentiment_label = 'negative' WHERE external_id = 'r3' RETURNING 1",
        "processed_reviews",
    ),
    "a text differs": (
        "UPDATE processed_reviews SET content = content || ' ' WHERE external_id = 'r3' RETURNING 1",
        "processed_reviews",
    ),
    "an entity is gone": (
        "DELETE FROM review_entities WHERE review_id = (SELECT review_id FROM processed_reviews LIMIT 1) RETURNING 1",
        "review_entities",
    ),
    "a keyword is there twice": (
        "INSERT INTO review_keywords SELECT * FROM review_keywords LIMIT 1 RETURNING 1",
        "review_keywords",
    ),
    "an aspect has another label": (
        "UPDATE review_aspects SET label = 'negative' WHERE review_id = (SELECT review_id FROM processed_reviews LIMIT 1) RETURNING 1",
        "review_aspects",
    ),
    "an aspect's clause ends elsewhere": (
        """UPDATE review_aspects SET spans = jsonb_set(spans, '{clause,end}', '5')
           WHERE review_id = (SELECT review_id FROM processed_reviews LIMIT 1) RETURNING 1""",
        "review_aspects",
    ),
    "a saga stands elsewhere": (
        "UPDATE saga_progress SET next_step = 'nlp' WHERE next_step = 'abandoned' RETURNING 1",
        "saga_progress",
    ),
    "a notification that was given up is gone": (
        "DELETE FROM failures WHERE kind = 'given_up' RETURNING 1",
        "failures",
    ),
    "a probability differs": (
        "UPDATE processed_reviews SET sentiment_probability = 0.5 WHERE external_id = 'r3' RETURNING 1",
        "processed_reviews",
    ),
    "a word of feedback differs": (
        "UPDATE review_feedback SET right_value = 'positive' WHERE revision = 2 RETURNING 1",
        "review_feedback",
    ),
    "a failure is gone": ("DELETE FROM failures WHERE kind = 'abandoned' RETURNING 1", "failures"),
}


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_in_postgresql_is_found_with_its_tenant(
    pool: ConnectionPool, log: EventLog, analytics: ClickHouseStore, rows: Rows, damage: str
) -> None:
    statement, table = DAMAGE[damage]
    assert rows(statement)
    found = failed(check(pool, log, analytics))
    assert found[0] == table
    assert len(found) == 2
    assert found[1].startswith(f"{table}: tenant ")


TWICE = "INSERT INTO {v}.{t} SELECT * FROM {v}.{t} LIMIT 1 SETTINGS insert_deduplicate = 0"
CLICKHOUSE_DAMAGE = {
    "a fact is gone": (
        "INSERT INTO {v}.review_facts SELECT * REPLACE (1 AS is_deleted, 1000000 AS position) FROM {v}.review_facts FINAL LIMIT 1",
        ["review_facts"],
        3,
    ),
    "metrics counted twice": (TWICE.replace("{t}", "review_metrics"), ["review_metrics: sums of the facts"], 1),
    "counters counted twice": (TWICE.replace("{t}", "daily_stats"), ["daily_stats: sums of the facts"], 1),
    "periods counted twice": (TWICE.replace("{t}", "topic_periods"), ["topic_periods: sums of the facts"], 1),
    "trends counted twice": (TWICE.replace("{t}", "topic_trends"), ["topic_trends: sums of the facts"], 1),
}


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("damage", CLICKHOUSE_DAMAGE)
def test_damage_in_clickhouse_is_found(
    pool: ConnectionPool, log: EventLog, analytics: ClickHouseStore, connect: Callable[[], Client], damage: str
) -> None:
    statement, expected, least = CLICKHOUSE_DAMAGE[damage]
    connect().execute(statement.replace("{v}", f"{analytics.name}_v1"))
    found = failed(check(pool, log, analytics))
    assert found[:1] == expected
    assert len(found) >= least


@pytest.mark.usefixtures("full")
def test_a_projection_that_lags_fails_a_check_and_is_compared_where_it_stands(
    pool: ConnectionPool, log: EventLog, analytics: ClickHouseStore, history: History
) -> None:
    history.review("late").whole()
    history.save(log)
    assert sorted(failed(check(pool, log, analytics))) == [
        f"{name}: reached the log's head" for name in ("analytics", "failures", "feedback", "reviews", "saga_progress")
    ]


def test_parked_streams_fail_a_check(
    pool: ConnectionPool, log: EventLog, analytics: ClickHouseStore, group: GroupHandler, history: History
) -> None:
    group.position()
    history.review("bad").collected().updated(rating=float("nan"))
    history.save(log)
    group.handle(log.read_after(0, 10))
    assert failed(check(pool, log, analytics)) == ["parked streams"]
