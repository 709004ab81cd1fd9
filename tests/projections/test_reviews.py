"""The reviews read model: what a reader sees after each turn of a review's life."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from psycopg_pool import ConnectionPool

from eventstore.log import EventLog
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.reviews import ReviewsProjector
from projections.runner import ProjectionHandler
from schemas.parts import Aspect, Span
from tests.projections.conftest import Rows
from tests.projections.making import ACME, NOON, History


@pytest.fixture
def handler(pool: ConnectionPool, log: EventLog) -> ProjectionHandler:
    made = ProjectionHandler(pool, PostgresStore(pool, ReviewsProjector()), log)
    made.position()
    return made


def project(handler: ProjectionHandler, log: EventLog, history: History, *, batch: int = 1000) -> None:
    """Append the history and let the handler follow in batches."""
    history.save(log)
    for events in log.scan(handler.position(), batch=batch):
        handler.handle(events)


def test_a_collected_review_is_there_without_results(
    handler: ProjectionHandler, log: EventLog, history: History, rows: Rows
) -> None:
    review = history.review("r1").collected()
    project(handler, log, history)
    (row,) = rows("SELECT * FROM processed_reviews")
    assert row["review_id"] == review.id
    assert row["tenant_id"] == ACME
    assert row["rating"] == Decimal("4.50")
    assert row["author_name"] == "Somebody"
    assert row["published_at"] == NOON
    assert row["sentiment_label"] is None
    assert row["position"] == 1


@pytest.mark.parametrize("batch", [1, 2, 1000])
def test_results_fill_in_however_the_batches_fall(
    handler: ProjectionHandler, log: EventLog, history: History, rows: Rows, batch: int
) -> None:
    history.review("r1").collected().stored().analyzed()
    project(handler, log, history, batch=batch)
    (row,) = rows("SELECT * FROM processed_reviews")
    assert (row["sentiment_label"], row["sentiment_score"], row["language"]) == ("positive", Decimal("0.58"), "en")
    assert row["evidence"] == [{"text": "lovely", "start": 21, "end": 27, "valence": 2.8}]
    assert row["analyzers"] == {"entities": "spacy"}
    assert row["position"] == 4
    (entity,) = rows("SELECT * FROM review_entities")
    assert (entity["entity_text"], entity["salience"], entity["position"]) == ("Harbour", Decimal("0.80"), 3)
    assert entity["mentions"] == [{"start": 4, "end": 11}]
    assert [k["keyword"] for k in rows("SELECT * FROM review_keywords")] == ["harbour view"]
    (aspect,) = rows("SELECT * FROM review_aspects")
    assert (aspect["term"], aspect["label"], aspect["probability"]) == ("view", "positive", Decimal("0.9312"))
    assert aspect["spans"] == {"at": {"start": 12, "end": 16}, "clause": {"start": 0, "end": 28}}
    assert (aspect["tenant_id"], aspect["position"]) == (ACME, 3)


@pytest.mark.parametrize("batch", [1, 3, 1000])
def test_a_revision_replaces_the_text_and_clears_the_results(
    handler: ProjectionHandler, log: EventLog, history: History, rows: Rows, batch: int
) -> None:
    history.review("r1").collected().analyzed().revised(content="Not so lovely after all.", rating=2.0)
    project(handler, log, history, batch=batch)
    (row,) = rows("SELECT * FROM processed_reviews")
    assert (row["revision"], row["content"], row["rating"]) == (2, "Not so lovely after all.", Decimal("2.00"))
    assert row["sentiment_label"] is row["language"] is row["processed_at"] is row["evidence"] is None
    assert rows("SELECT * FROM review_entities") == rows("SELECT * FROM review_keywords") == []
    assert rows("SELECT * FROM review_aspects") == []


@pytest.mark.parametrize("batch", [1, 3, 1000])
def test_results_for_a_text_that_was_revised_meanwhile_are_ignored(
    handler: ProjectionHandler, log: EventLog, history: History, rows: Rows, batch: int
) -> None:
    review = history.review("r1").collected().revised()
    review.processed(revision=1).sentiment("negative", -0.5, revision=1)
    project(handler, log, history, batch=batch)
    (row,) = rows("SELECT * FROM processed_reviews")
    assert (row["revision"], row["sentiment_label"], row["position"]) == (2, None, 2)
    assert rows("SELECT * FROM review_entities") == []


@pytest.mark.parametrize("batch", [1, 1000])
def test_reprocessing_replaces_entities_instead_of_adding_to_them(
    handler: ProjectionHandler, log: EventLog, history: History, rows: Rows, batch: int
) -> None:
    review = history.review("r1").collected().analyzed()
    quay = Aspect("quays", "quay", "undetermined", None, Span(4, 9), Span(0, 12))
    review.processed([("Quay", "LOC", 0.5, None)], version="p2", aspects=[quay]).sentiment("neutral", 0.0, version="p2")
    project(handler, log, history, batch=batch)
    assert [e["entity_text"] for e in rows("SELECT * FROM review_entities")] == ["Quay"]
    assert [(a["term"], a["probability"]) for a in rows("SELECT * FROM review_aspects")] == [("quay", None)]
    assert [r["processing_version"] for r in rows("SELECT * FROM processed_reviews")] == ["p2"]


def test_an_undetermined_sentiment_has_a_label_and_no_score(
    handler: ProjectionHandler, log: EventLog, history: History, rows: Rows
) -> None:
    history.review("r1").collected().analyzed().sentiment("undetermined", None, version="p2")
    project(handler, log, history, batch=3)
    (row,) = rows("SELECT * FROM processed_reviews")
    assert (row["sentiment_label"], row["sentiment_score"]) == ("undetermined", None)


def test_a_number_that_is_none_parks_its_review_and_no_other(
    handler: ProjectionHandler, log: EventLog, history: History, rows: Rows
) -> None:
    bad = history.review("bad").collected().processed().sentiment("positive", float("nan"))
    history.review("good").collected().analyzed()
    bad.revised()
    head = history.save(log)
    for events in log.scan(0, batch=4):
        handler.handle(events)
    assert handler.position() == head
    assert [r["external_id"] for r in rows("SELECT * FROM processed_reviews WHERE sentiment_label IS NOT NULL")] == [
        "good"
    ]
    (parked,) = rows("SELECT * FROM parked_streams")
    assert (parked["stream_id"], parked["position"], parked["error"]) == (bad.id, 3, "refused: ValueError")
    assert rows("SELECT revision FROM processed_reviews WHERE external_id = 'bad'") == [{"revision": 1}]


@pytest.mark.parametrize("found", ["keyword", "entity", "aspect"])
def test_a_finding_that_no_index_can_hold_parks_its_review_and_no_other(
    handler: ProjectionHandler, log: EventLog, history: History, rows: Rows, found: str
) -> None:
    endless = random.Random(1).randbytes(3_000).hex()  # cannot be compressed until it fits
    bad = history.review("bad").collected()
    too_long: dict[str, Any] = {
        "keyword": {"keywords": [(endless, 0.9)]},
        "entity": {"entities": [(endless, "LOC", 0.8, 0.6)]},
        "aspect": {"aspects": [Aspect("x", endless, "positive", 0.9, Span(0, 1), Span(0, 1))]},
    }
    bad.processed(**too_long[found])
    history.review("good").collected().analyzed()
    head = history.save(log)
    for events in log.scan(0, batch=100):
        handler.handle(events)
    assert handler.position() == head
    (parked,) = rows("SELECT * FROM parked_streams")
    assert parked["stream_id"] == bad.id
    assert parked["error"].startswith("refused: CheckViolation: SQLSTATE 23514 check_violation; table review_")
    assert [e["entity_text"] for e in rows("SELECT * FROM review_entities")] == ["Harbour"]


def test_positions_move_over_events_of_other_topics(
    handler: ProjectionHandler, log: EventLog, history: History, rows: Rows
) -> None:
    review = history.review("r1").collected()
    project(handler, log, history)
    review.stored()
    project(handler, log, history)
    assert rows("SELECT version, state, position FROM projections") == [{"version": 1, "state": "live", "position": 2}]


def test_repeated_batches_change_nothing(
    handler: ProjectionHandler, log: EventLog, history: History, rows: Rows
) -> None:
    history.review("r1").collected().analyzed()
    project(handler, log, history)
    before = rows("SELECT * FROM review_entities")
    for events in log.scan():
        handler.handle(events)
        handler.handle(events[:1])
    assert rows("SELECT * FROM review_entities") == before


def test_a_review_may_speak_of_nan_and_infinity(
    handler: ProjectionHandler, log: EventLog, history: History, rows: Rows
) -> None:
    history.review("words").collected(content="NaN? Infinity! -Infinity.").analyzed()
    project(handler, log, history)
    assert rows("SELECT content FROM processed_reviews") == [{"content": "NaN? Infinity! -Infinity."}]
    assert not rows("SELECT * FROM parked_streams")


@pytest.mark.parametrize("batch", [1, 2, 3, 1000])
def test_a_correction_replaces_the_facts_and_keeps_the_results(
    handler: ProjectionHandler, log: EventLog, history: History, rows: Rows, batch: int
) -> None:
    review = history.review("r1").collected().stored().analyzed()
    review.corrected(published_at=NOON + timedelta(days=1), author=None, platform="web")
    project(handler, log, history, batch=batch)
    (row,) = rows("SELECT * FROM processed_reviews")
    assert (row["published_at"], row["author_name"], row["platform"]) == (NOON + timedelta(days=1), None, "web")
    assert (row["sentiment_label"], row["revision"], row["position"]) == ("positive", 1, 5)
    assert len(rows("SELECT * FROM review_entities")) == 1


@pytest.mark.parametrize("batch", [1, 2, 4, 1000])
def test_of_a_withdrawn_review_nothing_is_left_until_it_comes_again(
    handler: ProjectionHandler, log: EventLog, history: History, rows: Rows, batch: int
) -> None:
    review = history.review("r1").collected().stored().analyzed().withdrawn()
    history.review("r2").collected().analyzed()
    project(handler, log, history, batch=batch)
    for table in ReviewsProjector.tables:
        assert not [row for row in rows(f"SELECT review_id FROM {table}") if row["review_id"] == review.id]
    review.revised(content="Here again.").processed()
    project(handler, log, history, batch=batch)
    (row,) = rows("SELECT * FROM processed_reviews WHERE review_id = %(id)s", id=review.id)
    assert (row["content"], row["revision"], row["sentiment_label"], row["language"]) == ("Here again.", 2, None, "en")
