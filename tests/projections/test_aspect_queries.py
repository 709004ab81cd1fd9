"""What a tenant's reviews speak of: counts by term, and the clauses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from psycopg_pool import ConnectionPool

from eventstore.log import EventLog
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.reviews import ReviewsProjector
from projections.queries.as_of import review_as_of
from projections.queries.aspects import AspectFilter, TermCounts, aspect_observations, count_terms, newest_mentions
from projections.rebuild.rebuild import rebuild
from projections.runner import ProjectionHandler
from schemas.errors import InvalidInput, StoreLost
from schemas.parts import Aspect, Span
from tests.projections.conftest import Rows
from tests.projections.making import ACME, NOON, OTHER, History

TEXT = "Great views, poor battery."
VIEWS = Aspect("views", "view", "positive", 0.9, Span(6, 11), Span(0, 11))
BATTERY = Aspect("battery", "battery", "negative", 0.1, Span(18, 25), Span(13, 25))
MAYBE = Aspect("view", "view", "undetermined", None, Span(0, 5), Span(0, 5))
BAD_VIEW = Aspect("view", "view", "negative", 0.2, Span(0, 5), Span(0, 5))


@pytest.fixture
def reviews(pool: ConnectionPool, log: EventLog, history: History) -> dict[str, object]:
    made = {
        "old": history.review("old").collected(content=TEXT, title=None).processed(aspects=[VIEWS, BATTERY, BAD_VIEW]),
        "new": history.review("new")
        .collected(content=TEXT, title="Überall 🎉", source="quay", published_at=NOON + timedelta(days=1))
        .processed(aspects=[Aspect("battery", "battery", "negative", 0.2, Span(28, 35), Span(23, 35)), MAYBE]),
        "other": history.review("x", tenant=OTHER).collected(content=TEXT).processed(aspects=[VIEWS]),
    }
    history.save(log)
    handler = ProjectionHandler(pool, PostgresStore(pool, ReviewsProjector()), log)
    handler.position()
    for events in log.scan():
        handler.handle(events)
    return {name: review.id for name, review in made.items()}


@pytest.mark.usefixtures("reviews")
def test_terms_are_counted_by_review_and_label(pool: ConnectionPool) -> None:
    battery, view = count_terms(pool, ACME)
    assert battery == TermCounts("battery", 2, 0, 2, 0)
    assert view == TermCounts("view", 2, 1, 1, 1)
    assert (battery.share_negative, view.share_negative) == (1.0, 0.5)
    assert TermCounts("x", 1, 0, 0, 1).share_negative is None
    assert [c.term for c in count_terms(pool, ACME, limit=1)] == ["battery"]
    assert count_terms(pool, ACME, AspectFilter(source="quay", label="negative")) == [TermCounts("battery", 1, 0, 1, 0)]
    assert count_terms(pool, ACME, AspectFilter(term=" VIEW ", since=NOON + timedelta(hours=1)))[0].reviews == 1
    assert count_terms(pool, ACME, AspectFilter(until=NOON)) == []


def test_the_newest_clauses_about_a_term_come_as_they_were_written(
    pool: ConnectionPool, reviews: dict[str, object]
) -> None:
    new, old = newest_mentions(pool, ACME, AspectFilter(term="battery"))
    assert (new.review_id, new.source, new.label, new.probability) == (reviews["new"], "quay", "negative", 0.2)
    assert (old.review_id, old.clause) == (reviews["old"], "poor battery")
    assert new.clause == "poor battery"
    assert [m.review_id for m in newest_mentions(pool, OTHER, AspectFilter(term="view"))] == [reviews["other"]]
    assert newest_mentions(pool, OTHER, AspectFilter(term="battery")) == []
    with pytest.raises(InvalidInput, match="limit"):
        newest_mentions(pool, ACME, AspectFilter(term="view"), limit=501)


def test_each_review_is_observed_with_the_common_terms_it_speaks_of(
    pool: ConnectionPool, reviews: dict[str, object]
) -> None:
    period = {"since": NOON.date() - timedelta(days=9), "until": NOON.date() + timedelta(days=9)}
    seen = aspect_observations(pool, ACME, **period, most=100)
    assert {"battery", "view"} <= {term for each in seen for term in each.about}
    assert all(each.month == f"{NOON:%Y-%m}-01" and list(each.about) == sorted(set(each.about)) for each in seen)
    few = aspect_observations(pool, ACME, **period, most=100, terms=1)
    assert len({term for each in few for term in each.about}) == 1
    assert len(aspect_observations(pool, ACME, **period, most=1)) == 1
    assert aspect_observations(pool, ACME, **period, source="nowhere", most=100) == []


def test_a_review_of_the_past_has_the_aspects_of_then(pool: ConnectionPool, log: EventLog, history: History) -> None:
    review = history.review("r1").collected(content=TEXT).processed(aspects=[BATTERY])
    before = history.save(log)
    review.processed(aspects=[], version="p2")
    history.save(log)
    then = review_as_of(pool, log, ACME, review.id, before)
    assert then is not None
    assert then.state is not None
    assert [(a["term"], a["label"], a["clause"]) for a in then.state["aspects"]] == [
        ("battery", "negative", {"start": 13, "end": 25})
    ]


@pytest.mark.usefixtures("reviews")
def test_a_live_version_of_a_release_without_aspects_is_told_and_built_again(
    pool: ConnectionPool, log: EventLog, rows: Rows
) -> None:
    before = count_terms(pool, ACME)
    with pool.connection() as connection:
        connection.execute("DROP TABLE reviews_v1.review_aspects CASCADE")
    rows("UPDATE projections SET shape = 'older' WHERE name = 'reviews' RETURNING 1")
    store = PostgresStore(pool, ReviewsProjector())
    with pytest.raises(StoreLost, match=r"has no table .*review_aspects; `reviewstream recover`"):
        ProjectionHandler(pool, store, log).position()
    rebuild(pool, store, log)
    assert count_terms(pool, ACME) == before
