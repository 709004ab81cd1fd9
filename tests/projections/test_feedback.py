"""Feedback on a real log and read model, and evaluation against stars and against it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from psycopg_pool import ConnectionPool

from aggregates.review.disputes import Said
from eventstore.log import EventLog
from operations.evaluation.evaluation import evaluate
from operations.evaluation.proposal import propose
from operations.feedback import FeedbackDesk, check_columns
from projections.postgres.feedback import FeedbackProjector
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.reviews import ReviewsProjector
from projections.postgres.saga_progress import SagaProgressProjector
from projections.queries.evaluation import Evaluated
from projections.queries.feedback import find_feedback
from projections.queries.history import review_history
from projections.runner import GroupHandler, ProjectionHandler
from schemas.errors import InvalidInput, NotAllowed
from schemas.parts import DecidingSentence
from tests.projections.conftest import Rows
from tests.projections.making import ACME, OTHER, History, Review

ALL = Evaluated()


@pytest.fixture
def group(pool: ConnectionPool, log: EventLog) -> GroupHandler:
    stores = [PostgresStore(pool, each) for each in (ReviewsProjector(), SagaProgressProjector(), FeedbackProjector())]
    made = GroupHandler("all", [ProjectionHandler(pool, store, log) for store in stores])
    made.position()
    return made


def follow(group: GroupHandler, log: EventLog) -> None:
    for events in log.scan(group.position(), batch=7):
        group.handle(events)


def analysed(history: History, name: str, label: str, **body: object) -> Review:
    probability, language = body.pop("probability", None), body.pop("language", "en")
    review = history.review(name, **body).collected().stored().processed(language=str(language))
    score = None if label == "undetermined" else 0.5
    return review.sentiment(label, score, probability=probability).updated().notified()  # type: ignore[arg-type]


def test_what_is_said_is_an_event_and_a_row_and_changes_no_result(
    pool: ConnectionPool, log: EventLog, history: History, group: GroupHandler, rows: Rows
) -> None:
    review = history.review("r1").whole()
    history.save(log)
    follow(group, log)
    before = rows("SELECT * FROM processed_reviews"), rows("SELECT next_step, event_id FROM saga_progress")
    desk = FeedbackDesk(log)
    assert desk.add(ACME, review.id, Said("label", "negative", "ann", note="irony"))
    assert not desk.add(ACME, review.id, Said("label", "negative", "ann", note="irony"))
    assert desk.add(ACME, review.id, Said("keyword", None, "ann", given="Harbour View"))
    assert desk.add(ACME, review.id, Said("label", "neutral", "ann"))
    follow(group, log)
    assert (rows("SELECT * FROM processed_reviews"), rows("SELECT next_step, event_id FROM saga_progress")) == before
    assert rows("SELECT version FROM saga_progress") == [{"version": len(log.read_stream(review.id))}]
    found = find_feedback(pool, ACME)
    assert [(f.field, f.given, f.right, f.now, f.of_present_text) for f in found] == [
        ("label", "positive", "neutral", "positive", True), ("keyword", "harbour view", None, None, True),
    ]  # fmt: skip
    shown = review_history(pool, log, ACME, review.id)
    assert shown is not None
    assert shown.state is not None
    assert [each["right"] for each in shown.state["feedback"]] == [None, "neutral"]
    desk.withdraw(ACME, review.id, "keyword", "ann", given="HARBOUR VIEW")
    follow(group, log)
    assert [f.field for f in find_feedback(pool, ACME)] == ["label"]
    assert find_feedback(pool, OTHER) == []


def test_another_tenants_review_and_one_that_is_not_complete_are_refused(log: EventLog, history: History) -> None:
    review, waiting = history.review("r1").whole(), history.review("r2").collected()
    history.save(log)
    desk, said = FeedbackDesk(log), Said("label", "negative", "ann")
    for tenant, of in ((OTHER, review.id), (ACME, uuid4())):
        with pytest.raises(InvalidInput, match="no such review"):
            desk.add(tenant, of, said)
    with pytest.raises(NotAllowed, match="waiting for store"):
        desk.add(ACME, waiting.id, said)


def test_a_file_is_imported_row_by_row_and_twice_is_once(log: EventLog, history: History) -> None:
    ids = [history.review(f"r{n}").whole().id for n in range(3)]
    history.save(log)
    rows = [
        (2, {"review_id": str(ids[0]), "right": "negative"}),
        (3, {"review_id": str(ids[1]), "right": "de", "field": "language", "by": "bob"}),
        (4, {"review_id": str(ids[2]), "right": "great"}),
        (5, {"review_id": "r5", "right": "negative"}),
        (6, {"source": "harbour-hotel", "external_id": "unknown", "right": "negative"}),
    ]
    first = FeedbackDesk(log).import_rows(ACME, rows, "ann")
    assert (first.added, first.known, first.refused) == (2, 0, 3)
    assert [line for line, _ in first.refusals] == [4, 5, 6]
    second = FeedbackDesk(log).import_rows(ACME, rows, "ann")
    assert (second.added, second.known, second.refused) == (0, 2, 3)
    for names, why in ((["review_id"], "needs `right`"), (["right", "source"], "needs"), (["right", "x"], "no column")):
        with pytest.raises(InvalidInput, match=why):
            check_columns(names)


def test_results_are_counted_against_stars_by_part(
    pool: ConnectionPool, log: EventLog, history: History, group: GroupHandler
) -> None:
    for name, label, rating, probability, language in (
        ("a", "positive", 5, 0.95, "en"), ("b", "positive", 1, 0.75, "en"), ("c", "negative", 2, 0.15, "en"),
        ("d", "undetermined", 4, 0.55, "de"), ("e", "neutral", 1.5, None, "de"), ("f", "positive", 3, 0.9, "de"),
        ("g", "positive", None, 0.9, "de"), ("h", "positive", 4, 1.0, "de"),
    ):  # fmt: skip
        analysed(history, name, label, rating=rating, probability=probability, language=language)
    history.review("pending", rating=1).collected()
    history.review("other", tenant=OTHER, rating=1).whole()
    history.save(log)
    follow(group, log)
    found = evaluate(pool, ACME, ALL, against="stars", by="language")
    whole = found.whole
    assert (whole.analysed, whole.judged, whole.unjudged) == (8, 6, {"about three stars": 1, "no rating": 1})
    assert (whole.coverage.k, whole.coverage.n) == (7, 8)
    positive, negative = whole.labels
    assert (positive.precision.k, positive.precision.n, positive.recall.k, positive.recall.n) == (2, 3, 2, 3)
    assert (negative.precision.k, negative.precision.n, negative.recall.k, negative.recall.n) == (1, 1, 1, 3)
    assert (whole.right.k, whole.right.n, whole.right.few) == (3, 4, True)
    assert (whole.reliability.n, whole.reliability.unknown) == (5, 1)
    assert whole.reliability.ece == pytest.approx((0.15 + 0.75 + 0.45 + abs(0.95 + 1.0 - 2)) / 5, abs=1e-4)
    assert [(part.part, part.judged) for part in found.parts] == [("de", 3), ("en", 3)]
    assert evaluate(pool, ACME, Evaluated(source="nowhere"), against="stars").whole.analysed == 0
    assert [part.part for part in evaluate(pool, ACME, ALL, against="stars", by="month").parts] == ["2024-05"]
    assert [part.part for part in evaluate(pool, ACME, ALL, against="stars", by="version").parts] == ["p1"]


def test_results_are_counted_against_what_most_people_say_of_the_present_text(
    pool: ConnectionPool, log: EventLog, history: History, group: GroupHandler
) -> None:
    analysed(history, "wrong", "positive").disputed("negative").disputed("negative", who="bob").disputed(
        "neutral", who="eve"
    )
    analysed(history, "right", "positive").disputed("positive")
    analysed(history, "torn", "positive").disputed("negative").disputed("neutral", who="bob")
    old = analysed(history, "old", "positive").disputed("negative")
    old.revised(content="Other words.").stored().analyzed().updated().notified()
    history.save(log)
    follow(group, log)
    whole = evaluate(pool, ACME, ALL, against="feedback").whole
    assert (whole.judged, whole.unjudged) == (2, {"no feedback": 1, "people disagree": 1})
    assert (whole.right.k, whole.right.n) == (1, 2)
    assert [f.of_present_text for f in find_feedback(pool, ACME) if f.review_id == old.id] == [False]


def test_the_probability_and_the_sentences_that_decided_are_shown(
    pool: ConnectionPool, log: EventLog, history: History, group: GroupHandler
) -> None:
    review = history.review("r1").collected().stored().processed()
    review.sentiment(probability=0.87654, sentences=(DecidingSentence("The view was lovely.", 0, 20, 0.4),)).updated()
    history.save(log)
    follow(group, log)
    found = review_history(pool, log, ACME, review.id)
    assert found is not None
    assert found.state is not None
    assert found.state["sentiment_probability"] == 0.8765
    assert [each["weight"] for each in found.state["sentences"]] == [0.4]
    review.reprocessing().processed(version="p2").sentiment(version="p2")
    history.save(log)
    follow(group, log)
    now = review_history(pool, log, ACME, review.id)
    assert now is not None
    assert now.state is not None
    assert (now.state["sentiment_probability"], now.state["sentences"]) == (None, [])


def test_a_calibration_is_proposed_on_the_raw_results_of_one_version(
    pool: ConnectionPool, log: EventLog, history: History, group: GroupHandler
) -> None:
    for n in range(260):
        probability, rating = (0.99, 5.0) if n % 2 else (0.01, 1.0)
        if n % 5 == 0:
            rating = 6 - rating
        analysed(history, f"r{n}", "positive" if n % 2 else "negative", rating=rating, probability=probability)
    other = history.review("calibrated", rating=5.0).collected().stored().processed(version="p1+calibration.1")
    other.sentiment(version="p1+calibration.1", probability=0.7)
    history.review("three", rating=3.0).collected().stored().processed().sentiment(probability=0.5)
    history.save(log)
    follow(group, log)
    found = propose(pool, ACME, ALL, against="stars")
    assert (found.base_version, found.reviews, found.positive) == ("p1", 260, 130)
    assert found.left_out == {"p1+calibration.1": 1}
    assert found.helps
    assert (found.error_before, found.error_after) == (pytest.approx(0.1961, abs=0.002), pytest.approx(0.16, abs=0.005))
    assert "no judged review" in propose(pool, ACME, ALL, against="feedback").why
    assert "no judged review" in propose(pool, OTHER, ALL, against="stars").why
