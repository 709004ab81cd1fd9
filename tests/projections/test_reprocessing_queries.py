"""Which reviews are due for another processing version, by the read models."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from psycopg_pool import ConnectionPool

from eventstore.log import EventLog
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.reviews import ReviewsProjector
from projections.postgres.saga_progress import SagaProgressProjector
from projections.queries.reprocessing_candidates import EVERY_REVIEW, Chosen, Counts, counts, due, saga_states
from projections.runner import GroupHandler, ProjectionHandler
from tests.projections.making import ACME, NOON, OTHER, History, Review


@pytest.fixture
def follow(pool: ConnectionPool, log: EventLog, history: History) -> Callable[[], None]:
    """Append the history, and let the read models follow."""
    projectors = (ReviewsProjector(), SagaProgressProjector())
    group = GroupHandler("all", [ProjectionHandler(pool, PostgresStore(pool, each), log) for each in projectors])
    group.position()

    def run() -> None:
        history.save(log)
        for events in log.scan(group.position()):
            group.handle(events)

    return run


def settled(review: Review, version: str = "p1", label: str = "positive", language: str = "en") -> Review:
    return review.processed(version=version, language=language).sentiment(label, version=version).updated().notified()


def whole(review: Review, version: str = "p1", label: str = "positive", language: str = "en") -> Review:
    return settled(review.collected().stored(), version, label, language)


def names(pool: ConnectionPool, made: dict[str, Review], chosen: Chosen = EVERY_REVIEW, page: int = 2) -> list[str]:
    known = {review.id: name for name, review in made.items()}
    return [known[each.review_id] for each in due(pool, chosen, "p2", page=page)]


@pytest.mark.parametrize("page", [1, 2, 3, 4, 500])
def test_pages_hold_every_review_of_another_version_once(
    pool: ConnectionPool, history: History, follow: Callable[[], None], page: int
) -> None:
    made = {
        "old": whole(history.review("old")),
        "older": whole(history.review("older"), "p0"),
        "new": whole(history.review("new"), "p2"),
        "fresh": history.review("fresh").collected(),
        "asked": whole(history.review("asked")).reprocessing("p2"),
        "again": settled(whole(history.review("again")).revised().stored(), "p2"),
    }
    follow()
    found = names(pool, made, page=page)
    assert sorted(found) == ["asked", "fresh", "old", "older"]
    assert [made[name].id for name in found] == sorted(made[name].id for name in found)
    assert counts(pool, EVERY_REVIEW, "p2") == Counts(due=2, already=2, incomplete=2)
    assert counts(pool, EVERY_REVIEW, "p9") == Counts(due=4, already=0, incomplete=2)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (Chosen(tenant_id=ACME), ["german", "one", "pier"]),
        (Chosen(tenant_id=OTHER), ["late"]),
        (Chosen(source="pier"), ["pier"]),
        (Chosen(label="negative"), ["pier"]),
        (Chosen(language="de"), ["german"]),
        (Chosen(since=NOON + timedelta(days=1)), ["late"]),
        (Chosen(until=NOON + timedelta(days=1), label="positive"), ["german", "one"]),
    ],
)
def test_filters_narrow_the_choice(
    pool: ConnectionPool, history: History, follow: Callable[[], None], chosen: Chosen, expected: list[str]
) -> None:
    made = {
        "one": whole(history.review("one")),
        "pier": whole(history.review("pier", source="pier"), label="negative"),
        "german": whole(history.review("german"), language="de"),
        "late": whole(history.review("late", tenant=OTHER, published_at=NOON + timedelta(days=2))),
    }
    follow()
    assert sorted(names(pool, made, chosen)) == expected
    assert counts(pool, chosen, "p2") == Counts(len(expected), 0, 0)


def test_a_review_stands_where_its_saga_is(pool: ConnectionPool, history: History, follow: Callable[[], None]) -> None:
    asked = whole(history.review("asked")).reprocessing("p2")
    retried = whole(history.review("retried")).reprocessing("p2").failed("nlp").marked("nlp")
    history.review("another").collected()
    follow()
    found = {each.review_id: each for each in saga_states(pool, [asked.id, retried.id])}
    assert len(found) == 2
    assert (found[asked.id].version, found[asked.id].next_step, found[asked.id].not_before) == (7, "nlp", None)
    assert (found[retried.id].version, found[retried.id].next_step, found[retried.id].not_before) == (9, "nlp", NOON)


def test_what_a_tenant_has_of_its_own_is_taken_back_only_where_the_tenant_is_named(
    pool: ConnectionPool, history: History, follow: Callable[[], None]
) -> None:
    made = {"old": whole(history.review("old")), "own": whole(history.review("own"), "p2+calibration.1")}
    follow()
    assert (names(pool, made), counts(pool, EVERY_REVIEW, "p2")) == (["old"], Counts(due=1, already=1, incomplete=0))
    named = Chosen(tenant_id=ACME)
    assert sorted(names(pool, made, named)) == ["old", "own"]
    assert counts(pool, named, "p2") == Counts(due=2, already=0, incomplete=0)
