"""Analytics in ClickHouse: facts and rollups follow the signed contributions, exactly once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from clickhouse_driver import Client
from psycopg_pool import ConnectionPool

from eventstore.log import EventLog
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.clickhouse.rows import TABLES
from projections.runner import ProjectionHandler
from schemas.parts import TopicShare
from tests.projections.conftest import Ask, Rows
from tests.projections.making import NOON, History


class Crash(Exception):
    """The process is gone."""


def follow(handler: ProjectionHandler, log: EventLog, history: History, *, batch: int = 1000) -> None:
    """Append the history and let the handler follow in batches."""
    history.save(log)
    for events in log.scan(handler.position(), batch=batch):
        handler.handle(events)


@pytest.fixture
def handler(pool: ConnectionPool, analytics: ClickHouseStore, log: EventLog) -> ProjectionHandler:
    return ProjectionHandler(pool, analytics, log)


@pytest.mark.parametrize("batch", [1, 1000])
def test_a_review_counts_once_and_a_revision_takes_its_place(
    handler: ProjectionHandler, log: EventLog, history: History, ask: Ask, batch: int
) -> None:
    review = history.review("r1").whole()
    review.revised(rating=2.0).stored().analyzed().updated(label="negative", score=-0.4)
    follow(handler, log, history, batch=batch)
    assert ask("SELECT label, score, rating, revision FROM {db}.review_facts") == [
        ("negative", Decimal("-0.4"), Decimal(2), 2)
    ]
    assert ask(
        "SELECT total_reviews, sentiment_positive, sentiment_negative, avg_rating, score_sum FROM {db}.review_metrics"
    ) == [(1, 0, 1, 2.0, Decimal("-0.4"))]
    assert ask("SELECT total_reviews, CAST(summed, 'Map(String, Int64)') FROM {db}.daily_stats") == [
        (
            1,
            {
                "reviews": 1,
                "sentiment.negative": 1,
                "source.harbour-hotel": 1,
                "platform.google_play": 1,
                "language.en": 1,
                "rating.2": 1,
            },
        )
    ]


@pytest.mark.parametrize("batch", [1, 1000])
def test_a_review_that_moves_to_another_month_leaves_the_old_one(
    handler: ProjectionHandler, log: EventLog, history: History, ask: Ask, batch: int
) -> None:
    review = history.review("r1").collected().updated(day=date(2024, 5, 31))
    review.updated(day=date(2024, 6, 1)).updated(day=date(2024, 5, 31)).updated(day=date(1999, 12, 31))
    follow(handler, log, history, batch=batch)
    assert ask("SELECT date FROM {db}.review_facts") == [(date(1999, 12, 31),)]
    assert ask("SELECT timestamp, total_reviews FROM {db}.review_metrics") == [(datetime(1999, 12, 31, tzinfo=UTC), 1)]


@pytest.mark.parametrize("batch", [1, 1000])
def test_a_rollback_leaves_nothing(
    handler: ProjectionHandler, log: EventLog, history: History, ask: Ask, batch: int
) -> None:
    history.review("r1").collected().updated(topics=(TopicShare("t1", 0.7),)).rolled_back()
    follow(handler, log, history, batch=batch)
    assert [ask(f"SELECT * FROM {{db}}.{table}") for table in TABLES] == [[]] * len(TABLES)


def test_topics_are_counted_by_day(handler: ProjectionHandler, log: EventLog, history: History, ask: Ask) -> None:
    both = (TopicShare("rooms", 0.7), TopicShare("food", 0.3))
    history.review("r1").collected().updated(topics=both)
    history.review("r2").collected().updated(topics=both[:1], label="negative")
    follow(handler, log, history, batch=1)
    found = ask(
        "SELECT topic_id, total_reviews, sentiment_positive, sentiment_negative, confidence_sum FROM {db}.topic_trends "
        "ORDER BY topic_id"
    )
    assert found == [("food", 1, 1, 0, Decimal("0.3")), ("rooms", 2, 1, 1, Decimal("1.4"))]


def test_a_batch_may_span_ten_years_of_months(
    handler: ProjectionHandler, log: EventLog, history: History, ask: Ask
) -> None:
    days = [NOON - timedelta(days=31 * month) for month in range(130)]
    for day in days:
        history.review(f"{day}").collected(published_at=day).updated()
    follow(handler, log, history)
    assert ask("SELECT sum(total_reviews), uniqExact(toYYYYMM(timestamp)) FROM {db}.review_metrics") == [
        (130, len({(day.year, day.month) for day in days}))
    ]


@pytest.mark.parametrize("day", [date(1970, 1, 1), date(2100, 12, 31)])
def test_the_outermost_days_are_kept_as_they_are(
    handler: ProjectionHandler, log: EventLog, history: History, ask: Ask, day: date
) -> None:
    history.review("r1").collected().updated(day=day)
    follow(handler, log, history)
    for table, column in (("review_facts", "date"), ("review_metrics", "toDate32(timestamp)"), ("daily_stats", "date")):
        assert ask(f"SELECT {column} FROM {{db}}.{table}") == [(day,)]


@pytest.mark.parametrize(
    "values", [{"rating": float("nan")}, {"score": float("inf")}, {"day": date(2101, 1, 1)}, {"label": "mixed"}]
)
def test_what_would_poison_the_sums_is_parked(
    handler: ProjectionHandler, log: EventLog, history: History, ask: Ask, rows: Rows, values: dict[str, Any]
) -> None:
    history.review("good").collected().updated()
    bad = history.review("bad").collected().updated(**values).updated()
    follow(handler, log, history, batch=2)
    assert ask("SELECT total_reviews FROM {db}.review_metrics") == [(1,)]
    assert [row["stream_id"] for row in rows("SELECT stream_id FROM parked_streams")] == [bad.id]


@pytest.mark.parametrize("survived", range(len(TABLES) + 1))
def test_a_crash_between_the_inserts_doubles_nothing_and_loses_nothing(
    pool: ConnectionPool,
    analytics: ClickHouseStore,
    log: EventLog,
    history: History,
    ask: Ask,
    rows: Rows,
    monkeypatch: pytest.MonkeyPatch,
    survived: int,
) -> None:
    history.review("r0").collected().updated(topics=(TopicShare("t", 0.5),))
    handler = ProjectionHandler(pool, analytics, log)
    follow(handler, log, history)
    for n in range(1, 5):
        review = history.review(f"r{n}").collected().processed(vector=bytes((n, 1)))
        review.updated(day=date(2020, n, 1), topics=(TopicShare("t", 0.5),))
    with monkeypatch.context() as dying:
        dying.setattr(analytics, "insert", only(survived, analytics.insert))
        if survived == len(TABLES):
            dying.setattr("projections.registry.settle", crash)
        with pytest.raises(Crash):
            follow(handler, log, history)
    assert rows("SELECT position, pending_to FROM projections") == [{"position": 2, "pending_to": 14}]
    again = ProjectionHandler(pool, analytics, log)
    history.review("r5").collected().updated()
    follow(again, log, history)
    assert rows("SELECT position, pending_to FROM projections") == [{"position": 16, "pending_to": None}]
    assert ask("SELECT count() FROM {db}.review_facts") == [(6,)]
    assert ask("SELECT sum(total_reviews), sum(rating_sum) FROM {db}.review_metrics") == [(6, Decimal(27))]
    assert ask("SELECT sum(total_reviews), sum(summed.2[indexOf(summed.1, 'reviews')]) FROM {db}.daily_stats") == [
        (6, 6)
    ]
    assert ask("SELECT sum(total_reviews) FROM {db}.topic_trends") == [(5,)]
    assert ask("SELECT count(), sum(vector[1]) FROM {db}.review_vectors") == [(4, 10)]


def only(count: int, insert: Callable[..., None]) -> Callable[..., None]:
    """The first `count` inserts succeed, then the process dies."""
    left = iter(range(count))

    def limited(*arguments: Any) -> None:
        if next(left, None) is None:
            raise Crash
        insert(*arguments)

    return limited


def crash(*_: Any, **__: Any) -> None:
    raise Crash


def test_tables_are_replicated_when_a_cluster_is_named() -> None:
    from projections.clickhouse.schema import create_statements, view_statements

    statements = create_statements("analytics_v3", "main")
    assert all("ON CLUSTER 'main'" in statement for statement in [*statements, *view_statements("a", "b", "main")])
    facts = statements[2]
    assert (
        "ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/analytics_v3/review_facts', '{replica}', position, is_deleted)"
        in facts
    )
    assert "SETTINGS replicated_deduplication_window = 10000" in facts
    assert (
        "ReplicatedSummingMergeTree('/clickhouse/tables/{shard}/analytics_v3/daily_stats', '{replica}')"
        in statements[4]
    )


def test_a_server_that_is_away_is_a_transient_error(pool: ConnectionPool) -> None:
    from schemas.errors import TransientError

    def nowhere() -> Client:
        return Client("127.0.0.1", port=1, connect_timeout=1)

    with pytest.raises(TransientError):
        ClickHouseStore(pool, nowhere, name=f"a_{uuid4().hex[:8]}").clients.execute("SELECT 1")
