"""Questions to the read models and their answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from clickhouse_driver import Client
from psycopg_pool import ConnectionPool

from eventstore.log import EventLog
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.postgres.failures import FailuresProjector
from projections.postgres.feedback import FeedbackProjector
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.review_topics import ReviewTopicsProjector
from projections.postgres.reviews import ReviewsProjector
from projections.postgres.saga_progress import SagaProgressProjector
from projections.queries import operations
from projections.queries.entities import TopEntity, top_entities
from projections.queries.history import review_history
from projections.queries.jsonable import jsonable
from projections.queries.keyword_ranking import TopKeyword
from projections.queries.keywords import top_keywords
from projections.queries.metrics import Metrics
from projections.queries.reviews import ReviewFilter, find_reviews
from projections.runner import GroupHandler, ProjectionHandler
from schemas.errors import InvalidInput
from schemas.parts import TopicShare
from tests.projections.conftest import Rows
from tests.projections.making import ACME, NOON, OTHER, History, undelivered

PROJECTORS = (
    ReviewsProjector(),
    SagaProgressProjector(),
    FailuresProjector(),
    FeedbackProjector(),
    ReviewTopicsProjector(),
)


@pytest.fixture
def follow(pool: ConnectionPool, log: EventLog, history: History) -> Callable[[], int]:
    """Append the history, and let the projections in PostgreSQL follow."""
    group = GroupHandler("all", [ProjectionHandler(pool, PostgresStore(pool, p), log) for p in PROJECTORS])
    group.position()

    def run() -> int:
        history.save(log)
        for events in log.scan(group.position()):
            group.handle(events)
        return log.head()

    return run


def pages(pool: ConnectionPool, limit: int, filters: ReviewFilter | None = None) -> list[list[str]]:
    found, cursor = [], None
    while True:
        page = find_reviews(pool, ACME, filters or ReviewFilter(), cursor=cursor, limit=limit)
        found.append([row.external_id for row in page.items])
        cursor = page.next_cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("limit", [1, 3, 7, 10, 11, 500])
def test_pages_have_neither_gaps_nor_repeats(
    pool: ConnectionPool, history: History, follow: Callable[[], int], limit: int
) -> None:
    for n in range(10):  # every other pair published at the same instant
        history.review(f"r{n}").collected(published_at=NOON + timedelta(days=n // 2))
    follow()
    found = pages(pool, limit)
    assert sorted(name for page in found for name in page) == sorted(f"r{n}" for n in range(10))
    assert [len(page) for page in found[:-1]] == [limit] * (len(found) - 1)
    days = [int(name[1:]) // 2 for page in found for name in page]
    assert days == sorted(days, reverse=True)


def test_reviews_that_arrive_between_pages_disturb_nothing(
    pool: ConnectionPool, history: History, follow: Callable[[], int]
) -> None:
    for n in range(4):
        history.review(f"r{n}").collected(published_at=NOON + timedelta(days=n))
    follow()
    first = find_reviews(pool, ACME, limit=2)
    history.review("new").collected(published_at=NOON + timedelta(days=9))
    follow()
    second = find_reviews(pool, ACME, cursor=first.next_cursor, limit=2)
    assert [row.external_id for row in (*first.items, *second.items)] == ["r3", "r2", "r1", "r0"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (ReviewFilter(source="quay"), {"quay"}),
        (ReviewFilter(labels=("negative",)), {"negative"}),
        (ReviewFilter(language="de"), {"german"}),
        (ReviewFilter(max_rating=2.0), {"low"}),
        (ReviewFilter(min_rating=4.8, max_rating=5), {"high"}),
        (ReviewFilter(since=NOON + timedelta(days=1)), {"late"}),
        (ReviewFilter(until=NOON), {"early"}),
        (ReviewFilter(entity="LISBON"), {"lisbon"}),
        (ReviewFilter(source="quay", labels=("negative",)), set()),
        (ReviewFilter(labels=("negative", "positive")), {"negative", "quay"}),
    ],
)
def test_filters(
    pool: ConnectionPool, history: History, follow: Callable[[], int], filters: ReviewFilter, expected: set[str]
) -> None:
    history.review("quay").collected(source="quay").analyzed()
    history.review("negative").collected().processed().sentiment("negative", -0.6)
    history.review("german").collected().processed(language="de")
    history.review("low").collected(rating=2.0)
    history.review("high").collected(rating=4.8)
    history.review("late").collected(published_at=NOON + timedelta(days=1))
    history.review("early").collected(published_at=NOON - timedelta(seconds=1))
    history.review("lisbon").collected().processed([("Lisbon", "GPE", 0.5, None)])
    history.review("other", tenant=OTHER).whole()
    follow()
    assert {row.external_id for row in find_reviews(pool, ACME, filters).items} == expected


@pytest.mark.parametrize("cursor", ["x", "e30", "bnVsbA", "WzEsMiwzXQ", "é"])
def test_a_cursor_of_unknown_make_is_refused(pool: ConnectionPool, follow: Callable[[], int], cursor: str) -> None:
    with pytest.raises(InvalidInput, match="start without a cursor"):
        find_reviews(pool, ACME, cursor=cursor)


def test_a_cursor_serves_only_the_question_it_came_from(
    pool: ConnectionPool, history: History, follow: Callable[[], int]
) -> None:
    history.review("r1").collected()
    history.review("r2").collected()
    follow()
    cursor = find_reviews(pool, ACME, limit=1).next_cursor
    with pytest.raises(InvalidInput, match="other filters"):
        find_reviews(pool, OTHER, cursor=cursor)
    with pytest.raises(InvalidInput, match="limit"):
        find_reviews(pool, ACME, limit=501)


def test_a_review_comes_with_everything_that_happened_to_it(
    pool: ConnectionPool, log: EventLog, history: History, follow: Callable[[], int]
) -> None:
    review = history.review("r1").whole().revised(content="Changed my mind.")
    follow()
    found = review_history(pool, log, ACME, review.id)
    assert found is not None
    document = json.loads(json.dumps(jsonable(found)))
    assert document["aggregate_id"] == str(review.id)
    assert [event["type"] for event in document["events"]] == [
        "review.collected",
        "review.raw_stored",
        "review.processed",
        "review.sentiment_analyzed",
        "review.analytics_updated",
        "review.subscribers_notified",
        "review.revised",
    ]
    assert [event["version"] for event in document["events"]] == list(range(1, 8))
    first = document["events"][0]
    assert set(first) == {
        "event_id", "type", "version", "position", "recorded_at", "causation_id", "correlation_id", "data"
    }  # fmt: skip
    assert first["data"]["content"] == "The harbour view was lovely."
    assert first["data"]["published_at"] == "2024-05-17T12:00:00+00:00"
    assert document["state"]["content"] == "Changed my mind."
    assert document["state"]["entities"] == []


def test_the_current_state_has_entities_and_keywords(
    pool: ConnectionPool, log: EventLog, history: History, follow: Callable[[], int]
) -> None:
    review = history.review("r1").whole()
    follow()
    found = review_history(pool, log, ACME, review.id)
    assert found is not None
    assert found.state is not None
    assert found.state["sentiment_score"] == 0.58
    assert found.state["entities"] == [
        {"text": "Harbour", "type": "LOC", "salience": 0.8, "sentiment": 0.6, "mentions": [{"start": 4, "end": 11}]}
    ]
    assert [keyword["text"] for keyword in found.state["keywords"]] == ["harbour view"]
    spans = {"at": {"start": 12, "end": 16}, "clause": {"start": 0, "end": 28}}
    assert found.state["aspects"] == [
        {"text": "view", "term": "view", "label": "positive", "probability": 0.9312, **spans}
    ]


def test_another_tenant_has_no_such_review(
    pool: ConnectionPool, log: EventLog, history: History, follow: Callable[[], int]
) -> None:
    review = history.review("r1").whole()
    follow()
    assert review_history(pool, log, OTHER, review.id) is None
    assert review_history(pool, log, ACME, uuid4()) is None


def test_top_entities_and_keywords(pool: ConnectionPool, history: History, follow: Callable[[], int]) -> None:
    history.review("r1").collected().processed(
        [("Quay", "LOC", 0.5, 0.2), ("Anna", "PERSON", 0.1, None)], [("harbour view", 0.5)]
    )
    history.review("r2").collected(source="quay").processed(
        [("quay", "LOC", 1.0, None)], [("harbour view", 1.0), ("bar", 0.2)]
    )
    history.review("r3", tenant=OTHER).collected().processed()
    follow()
    assert top_entities(pool, ACME) == [
        TopEntity("Quay", "LOC", 2, 0.2, 0.75, spellings=2),
        TopEntity("Anna", "PERSON", 1, None, 0.1),
    ]
    assert [entity.text for entity in top_entities(pool, ACME, entity_type="PERSON")] == ["Anna"]
    assert [entity.text for entity in top_entities(pool, ACME, source="quay")] == ["quay"]
    assert top_keywords(pool, ACME).keywords == [TopKeyword("harbour view", 2, 0.75, 1.0), TopKeyword("bar", 1, 0.2)]
    assert top_keywords(pool, ACME, since=NOON + timedelta(days=1)).keywords == []


def test_failures_are_listed_newest_first(pool: ConnectionPool, history: History, follow: Callable[[], int]) -> None:
    review = history.review("r1").collected().failed("store").marked("store").failed("store", 2).abandoned("store", 2)
    history.review("r1", tenant=OTHER).collected().failed("nlp")
    follow()
    found = operations.failures(pool, tenant_id=ACME)
    assert [(f.kind, f.step, f.attempt) for f in found] == [
        ("abandoned", "store", 2),
        ("failed", "store", 2),
        ("retry", "store", 1),
        ("failed", "store", 1),
    ]
    assert (found[0].error, found[-1].error_type, found[2].not_before) == ("no more attempts", "Unreachable", NOON)
    older = operations.failures(pool, review_id=review.id, before=found[1].position, limit=1)
    assert [f.kind for f in older] == ["retry"]
    assert len(operations.failures(pool)) == 5


def test_notifications_that_were_given_up_are_failures_with_the_reason_of_each_channel(
    pool: ConnectionPool, history: History, follow: Callable[[], int]
) -> None:
    history.review("sound").whole()
    review = history.review("late").collected().stored().analyzed().updated()
    review.marked("notify", 2, pending=(undelivered("webhook", "timed_out"),))
    review.notified(undelivered("webhook", "timed_out", 5), undelivered("mail", "no_such_box"))
    follow()
    given_up, retry = operations.failures(pool, tenant_id=ACME)
    assert (given_up.kind, given_up.step, given_up.attempt) == ("given_up", "notify", 5)
    assert (given_up.error_type, given_up.error) == ("timed_out", "webhook: timed_out, mail: no_such_box")
    assert (retry.kind, retry.step, retry.error) == ("retry", "notify", "webhook: timed_out")


def test_lag_counts_the_sagas_that_wait_for_each_step(
    pool: ConnectionPool, history: History, follow: Callable[[], int]
) -> None:
    history.review("to store").collected()
    history.review("revised").whole().revised()
    history.review("to nlp").collected().stored()
    history.review("superseded").collected().stored().revised().processed(revision=1).sentiment(revision=1)
    history.review("reprocessing").whole().reprocessing()
    history.review("to analytics").collected().stored().analyzed()
    history.review("to notify").collected().stored().analyzed().updated()
    history.review("done").whole()
    history.review("failed").collected().failed("store")
    history.review("again").collected().failed("store").marked("store")
    history.review("abandoned").collected().failed("store", 3).abandoned("store")
    follow()
    found = operations.saga_lag(pool)
    assert {lag.step: lag.count for lag in found} == {"store": 4, "nlp": 2, "analytics": 1, "notify": 1, "failed": 1}
    assert all(0 <= lag.oldest_seconds < 300 for lag in found)
    assert operations.saga_lag(pool, tenant_id=OTHER) == []


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_attempts_survive_steps_that_do_not_speak_of_them(
    pool: ConnectionPool, log: EventLog, history: History, rows: Rows, batch: int
) -> None:
    handler = ProjectionHandler(pool, PostgresStore(pool, SagaProgressProjector()), log)
    handler.position()
    review = history.review("r1").collected().failed("store", 2).marked("store", 2).stored()
    history.save(log)
    for events in log.scan(batch=batch):
        handler.handle(events)
    assert rows("SELECT next_step, attempts, last_position FROM saga_progress") == [
        {"next_step": "nlp", "attempts": 2, "last_position": 4}
    ]
    review.revised()
    history.save(log)
    handler.handle(log.read_after(4, 10))
    assert rows("SELECT attempts, revision FROM saga_progress") == [{"attempts": 0, "revision": 2}]


def test_status_shows_where_each_projection_stands(
    pool: ConnectionPool, history: History, follow: Callable[[], int]
) -> None:
    history.review("bad").collected().processed([("x", "LOC", float("nan"), None)])
    head = follow()
    found = {status.name: (status.position, status.parked) for status in operations.projection_status(pool)}
    assert found == {
        "reviews": (head, 1),
        "saga_progress": (head, 0),
        "failures": (head, 0),
        "feedback": (head, 0),
        "review_topics": (head, 0),
    }


def test_metrics_by_day_by_source_and_by_topic(
    pool: ConnectionPool, log: EventLog, history: History, analytics: ClickHouseStore, connect: Callable[[], Client]
) -> None:
    topics = (TopicShare("rooms", 0.5),)
    history.review("r1").collected(rating=4.0).updated(topics=topics)
    history.review("r2").collected(rating=5.0, source="quay").updated(label="negative", score=-0.5)
    history.review("r3").collected(published_at=NOON + timedelta(days=1), rating=None).updated(
        score=None, label="undetermined"
    )
    history.review("r4", tenant=OTHER).collected().updated()
    history.save(log)
    handler = ProjectionHandler(pool, analytics, log)
    handler.position()
    handler.handle(log.read_after(0, 100))
    metrics = Metrics(pool, connect, name=analytics.name)
    days = metrics.by_day(ACME)
    assert [(d.day, d.sums.total_reviews, d.sums.avg_rating) for d in days] == [
        (date(2024, 5, 17), 2, 4.5),
        (date(2024, 5, 18), 1, None),
    ]
    assert (days[0].sums.sentiment_positive, days[0].sums.sentiment_negative) == (1, 1)
    assert days[0].sums.avg_score == pytest.approx(0.04)
    assert metrics.by_day(ACME, since=date(2024, 5, 18), source="quay") == []
    assert [d.day for d in metrics.by_day(ACME, until=date(2024, 5, 17))] == [date(2024, 5, 17)]
    sources = metrics.by_origin("source", ACME)
    assert [(each.origin, each.sums.total_reviews) for each in sources] == [("harbour-hotel", 2), ("quay", 1)]
    (trend,) = metrics.topics(ACME)
    assert (trend.topic_id, trend.total_reviews, trend.avg_confidence) == ("rooms", 1, 0.5)
    counters = metrics.counters(ACME)
    assert (counters["reviews"], counters["rating.4"], counters["sentiment.undetermined"]) == (3, 1, 1)


def test_answers_are_plain_json() -> None:
    value = {"at": datetime(2024, 5, 17, tzinfo=UTC), "ids": (ACME,), "day": date(2024, 5, 17)}
    assert jsonable(value) == {"at": "2024-05-17T00:00:00+00:00", "ids": [str(ACME)], "day": "2024-05-17"}
