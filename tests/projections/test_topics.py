"""Topics on the real log, in PostgreSQL and ClickHouse: fitted, edited, undone, and counted alike everywhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from clickhouse_driver import Client
from psycopg_pool import ConnectionPool

from aggregates.review.withdrawal import withdraw
from aggregates.topic_model import editing
from aggregates.topic_model.aggregate import TopicModel
from aggregates.topic_model.editing import Editor
from aggregates.topic_model.undoing import undo
from eventstore.log import EventLog
from operations.read_models import PROJECTORS
from operations.topics import edit
from operations.topics.fit import fit
from operations.topics.reassign import reassign
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.postgres.postgres_store import PostgresStore
from projections.queries.reviews import ReviewFilter, find_reviews
from projections.queries.topics import TopicQueries, find_topic
from projections.rebuild.rebuild import rebuild
from projections.runner import GroupHandler, ProjectionHandler
from projections.verify.comparison import verify
from schemas.errors import InvalidInput, VersionConflict
from schemas.events.review import TopicsAssigned
from streams.runtime.reviews import Change, fold
from streams.topic_models.models import TopicModels
from telemetry import failpoints
from tests.nlp.topics.making import sample
from tests.projections.conftest import Rows
from tests.projections.making import ACME, NOON, OTHER, History
from tests.projections.topical import reviews, vectored

ROOT = Path(__file__).parents[2]
BY = Editor("an operator", datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture
def group(pool: ConnectionPool, log: EventLog, analytics: ClickHouseStore) -> GroupHandler:
    stores = [*(PostgresStore(pool, made()) for made in PROJECTORS), analytics]
    return GroupHandler("all", [ProjectionHandler(pool, store, log) for store in stores])


@pytest.fixture
def model(log: EventLog, history: History) -> TopicModel:
    """Topics of 80 reviews that were complete before there were any; some of another tenant, encoder, or without one."""
    reviews(history)
    reviews(history, 5, tenant=OTHER)
    reviews(history, 3, first=500, encoder="another")
    history.review("plain").whole()
    history.save(log)
    return fit(log, ACME, BY, count=4).model


def project(log: EventLog, group: GroupHandler) -> None:
    while (position := group.position()) < log.head():
        group.handle(log.read_after(position, 50))


def agreed(pool: ConnectionPool, log: EventLog, group: GroupHandler, analytics: ClickHouseStore) -> dict[str, Any]:
    """What review_topics and topic_trends count, when everything was compared."""
    project(log, group)
    report = verify(pool, log, clickhouse=analytics)
    assert [check for check in report.checks if not check.ok] == []
    return next(check.actual for check in report.checks if check.name.startswith("review_topics: as topic_trends"))


def firsts(rows: Rows) -> dict[UUID, str]:
    query = "SELECT DISTINCT ON (review_id) review_id, topic_id FROM review_topics ORDER BY review_id, confidence DESC"
    return {row["review_id"]: row["topic_id"] for row in rows(query)}


def test_every_review_gets_its_topics_and_all_stores_agree(
    pool: ConnectionPool, log: EventLog, group: GroupHandler, analytics: ClickHouseStore, model: TopicModel, rows: Rows
) -> None:
    tally = reassign(log, ACME)
    assert (tally.seen, tally.counts["other_encoder"], tally.counts["without_vector"]) == (84, 3, 1)
    assert tally.changed == tally.counts["with_topics"] >= 76
    assert (model.fitted.reviews, model.fitted.other_encoder, model.fitted.without_vector) == (80, 3, 1)
    assert agreed(pool, log, group, analytics)["topics"] == 4
    shown = rows("SELECT title, sum FROM (SELECT topic_id AS title, size AS sum FROM topics) AS t")
    assert sum(row["sum"] for row in shown) == 80
    assert len(set(firsts(rows).values())) == 4
    steps = rows("SELECT DISTINCT next_step FROM saga_progress")
    assert steps == [{"next_step": "done"}]


KILLED = """
import os, sys
from uuid import UUID
from psycopg_pool import ConnectionPool
from eventstore.log import EventLog
from operations.topics import reassign
from telemetry import failpoints
reassign.BATCH = 20
failpoints.arm(os.environ)
with ConnectionPool(sys.argv[1], min_size=1) as pool:
    reassign.reassign(EventLog(pool), UUID(sys.argv[2]))
"""


def test_killed_it_goes_on_where_it_died_and_then_changes_nothing(url: str, log: EventLog, model: TopicModel) -> None:
    plan = {**os.environ, failpoints.PLAN: "append.committed=crash:2"}
    done = subprocess.run([sys.executable, "-c", KILLED, url, str(ACME)], env=plan, cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    written = log.count(topics={TopicsAssigned.TOPIC})
    assert 20 <= written <= 40
    again = reassign(log, ACME)
    assert again.changed == again.counts["with_topics"] - written
    assert reassign(log, ACME).changed == 0
    assert log.count(topics={TopicsAssigned.TOPIC}, tenant_id=ACME) == again.counts["with_topics"]
    assert log.count(topics={TopicsAssigned.TOPIC}, tenant_id=OTHER) == 0


def test_a_dry_run_appends_nothing(log: EventLog, model: TopicModel) -> None:
    head = log.head()
    assert reassign(log, ACME, dry_run=True).changed >= 76
    assert fit(log, ACME, BY, dry_run=True).events
    assert log.head() == head


def test_edits_move_reviews_and_are_undone(
    pool: ConnectionPool, log: EventLog, group: GroupHandler, analytics: ClickHouseStore, model: TopicModel, rows: Rows
) -> None:
    reassign(log, ACME)
    before = agreed(pool, log, group, analytics)
    stood = firsts(rows)
    one, other, third, _ = model.topics
    model = edit.record(log, ACME, model, editing.merge(model, [one.topic_id], other.topic_id, BY))
    assert reassign(log, ACME).changed >= 18
    assert agreed(pool, log, group, analytics)["topics"] == 3
    assert one.topic_id not in firsts(rows).values()
    split = edit.split(log, ACME, model, model.by_id[third.topic_id], 2, BY)
    model = edit.record(log, ACME, model, split)
    reassign(log, ACME)
    agreed(pool, log, group, analytics)
    assert third.topic_id not in firsts(rows).values()
    parts = rows("SELECT count(*) FROM topics WHERE parent = %(parent)s", parent=third.topic_id)
    assert parts == [{"count": 2}]
    for _ in range(2):
        model = edit.record(log, ACME, model, undo(model, None, BY))
    reassign(log, ACME)
    assert agreed(pool, log, group, analytics)["reviews"] == before["reviews"]
    assert firsts(rows) == stood
    assert rows("SELECT count(*) FROM topics") == [{"count": 4}]


def test_an_example_belongs_where_somebody_said(log: EventLog, model: TopicModel) -> None:
    reassign(log, ACME)
    stream = log.scan(topics={TopicsAssigned.TOPIC}, tenant_id=ACME)
    review = fold(first := next(stream)[0].stream_id, log.read_stream(first))
    topic = next(each for each in model.topics if each.topic_id != review.contribution.topics[0].topic_id)
    events = edit.add_examples(log, ACME, model, topic, [review.id], BY)
    assert edit.reassigns(events[0])
    edit.record(log, ACME, model, events)
    reassign(log, ACME)
    share = fold(review.id, log.read_stream(review.id)).contribution.topics[0]
    assert (share.topic_id, share.confidence) == (topic.topic_id, 1.0)
    with pytest.raises(InvalidInput, match="review: this tenant has no complete review"):
        edit.add_examples(log, ACME, model, topic, [UUID(int=3)], BY)


def test_a_tenth_more_reviews_keep_their_topics(log: EventLog, history: History, model: TopicModel) -> None:
    assert fit(log, ACME, BY, if_grown=0.1).events == ()
    reviews(history, 10, first=80)
    history.save(log)
    model = edit.record(log, ACME, model, editing.rename(model, model.topics[0].topic_id, "Gate", BY))
    found = fit(log, ACME, BY, if_grown=0.1)
    assert found.model.fitted.warm
    assert found.model.fitted.kept >= 0.95
    assert [topic.topic_id for topic in found.model.topics] == [topic.topic_id for topic in model.topics]
    assert found.model.topics[0].name == "Gate"
    with pytest.raises(InvalidInput, match="topics: this tenant has topics"):
        fit(log, ACME, BY, count=7)


def test_another_encoder_needs_topics_of_its_own(
    pool: ConnectionPool, log: EventLog, history: History, group: GroupHandler, analytics: ClickHouseStore, rows: Rows
) -> None:
    told = reviews(history, 40)
    history.save(log)
    old = fit(log, ACME, BY, count=4).model
    for review, vector in zip(told, sample(40).vectors, strict=True):
        vectored(history, review.reprocessing().processed(version="p2"), vector, "a newer encoder")
        review.sentiment(version="p2").updated().notified()
    history.save(log)
    with pytest.raises(InvalidInput, match="--anew"):
        fit(log, ACME, BY)
    new = fit(log, ACME, BY, anew=True, count=4).model
    assert len(new.standing()) == 4
    assert {topic.topic_id for topic in old.topics} < {topic.topic_id for topic in new.topics}
    assert reassign(log, ACME).counts["with_topics"] >= 36
    agreed(pool, log, group, analytics)
    assert set(firsts(rows).values()) == {topic.topic_id for topic in new.standing()}


def test_two_editors_do_not_overwrite_each_other(log: EventLog, model: TopicModel) -> None:
    first, second = model.topics[:2]
    edit.record(log, ACME, model, editing.rename(model, first.topic_id, "Gate", BY))
    with pytest.raises(VersionConflict, match="somebody else"):
        edit.record(log, ACME, model, editing.rename(model, second.topic_id, "Food", BY))
    assert TopicModels(log).load(ACME).topics[1].name == ""


def test_corrections_withdrawals_and_rebuilds_keep_topics_right(
    pool: ConnectionPool,
    log: EventLog,
    group: GroupHandler,
    analytics: ClickHouseStore,
    model: TopicModel,
    rows: Rows,
) -> None:
    reassign(log, ACME)
    agreed(pool, log, group, analytics)
    gone = next(iter(firsts(rows)))
    review = fold(gone, log.read_stream(gone))
    log.append(Change(review, withdraw(review, now=NOON)).recorded())
    counted = agreed(pool, log, group, analytics)
    assert gone not in firsts(rows)
    for store in (*(PostgresStore(pool, made()) for made in PROJECTORS), analytics):
        if store.name in {"topics", "review_topics", "analytics"}:
            assert rebuild(pool, store, log).switched
    assert agreed(pool, log, group, analytics) == counted


def test_what_has_no_vector_says_what_to_do(log: EventLog, history: History) -> None:
    history.review("plain").whole()
    history.save(log)
    with pytest.raises(InvalidInput, match="none of 1 has a vector"):
        fit(log, ACME, BY)


def test_queries_say_how_topics_are_meant_and_find_their_reviews(
    pool: ConnectionPool,
    log: EventLog,
    group: GroupHandler,
    analytics: ClickHouseStore,
    connect: Callable[[], Client],
    model: TopicModel,
    rows: Rows,
) -> None:
    reassign(log, ACME)
    project(log, group)
    queries = TopicQueries(pool, connect, name=analytics.name)
    found = queries.report(ACME)
    assert (found.reviews, found.hidden, len(found.topics)) == (84, 0, 4)
    assert found.with_topics == sum(1 for _ in firsts(rows)) >= 76
    best = found.topics[0]
    assert best.avg_rating == pytest.approx(4.5)
    assert best.sentiment_positive == best.reviews == round(best.share * 84)
    assert best.trend is None  # all on one day
    page = find_reviews(pool, ACME, ReviewFilter(topic=find_topic(pool, ACME, best.title)), limit=100)
    assert len(page.items) == best.reviews
    assert set(best.examples) <= {str(review.review_id) for review in page.items}
    hidden = editing.hide(model, best.topic_id, hidden=True, by=BY)
    edit.record(log, ACME, model, hidden)
    assert not edit.reassigns(hidden[0])
    project(log, group)
    assert queries.report(ACME).hidden == 1
    assert queries.report(ACME, label="negative").topics == []
    assert queries.report(OTHER).topics == []
    seen = queries.observations(ACME, most=50)
    assert len(seen) == 50
    assert seen == queries.observations(ACME, most=50)
    assert {one.month for one in seen} == {"2024-05-01"}
    with pytest.raises(InvalidInput, match="--topic: 'nothing' is no topic"):
        find_topic(pool, ACME, "nothing")
