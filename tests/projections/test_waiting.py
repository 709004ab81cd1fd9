"""Who waits too long, who waits for a retry, who was given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from psycopg_pool import ConnectionPool

from eventstore.log import EventLog
from projections.postgres.failures import FailuresProjector
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.saga_progress import SagaProgressProjector
from projections.queries import waiting
from projections.queries.waiting import Stuck, Troubled
from projections.runner import ProjectionHandler
from tests.projections.making import NOON, History

DEADLINES = {"store": 60.0, "nlp": 600.0, "failed": 60.0}


@pytest.fixture
def now() -> datetime:
    """Some time after everything was recorded."""
    return datetime.now(UTC) + timedelta(seconds=100)


@pytest.fixture
def ids(pool: ConnectionPool, log: EventLog, history: History) -> dict[str, UUID]:
    """Reviews by name; retries are due at NOON, which is long past."""
    reviews = {
        "to store": history.review("to store").collected(),
        "to nlp": history.review("to nlp").collected().stored(),
        "failed": history.review("failed").collected().failed("store"),
        "retrying": history.review("retrying").collected().failed("store").marked("store", 2),
        "went on": history.review("went on").collected().failed("store").marked("store", 2).stored(),
        "abandoned": history.review("abandoned").collected().failed("store", 3).abandoned("store"),
        "done": history.review("done").whole(),
        "withdrawn": history.review("withdrawn").collected().withdrawn(),
        "corrected": history.review("corrected").whole().corrected(author=None),
    }
    history.save(log)
    for projector in (SagaProgressProjector(), FailuresProjector()):
        handler = ProjectionHandler(pool, PostgresStore(pool, projector), log)
        for events in log.scan(handler.position(), batch=3):
            handler.handle(events)
    return {name: review.id for name, review in reviews.items()}


def test_stuck_is_who_waits_beyond_the_deadline_of_its_step(
    pool: ConnectionPool, ids: dict[str, UUID], now: datetime
) -> None:
    found = waiting.stuck(pool, DEADLINES, now)
    assert found == [Stuck("store", 2, [ids["to store"], ids["retrying"]]), Stuck("failed", 1, [ids["failed"]])]
    assert waiting.stuck(pool, DEADLINES, now - timedelta(seconds=90)) == []
    assert waiting.stuck(pool, {"nlp": 60.0}, now, shown=1) == [Stuck("nlp", 2, [ids["to nlp"]])]


def test_who_is_stuck_comes_with_what_failed_last_or_with_nothing(pool: ConnectionPool, ids: dict[str, UUID]) -> None:
    found = {each.review_id: each for each in waiting.why_stuck(pool, list(ids.values()))}
    assert set(found) == set(ids.values())
    failed, untried = found[ids["retrying"]], found[ids["to nlp"]]
    assert (failed.step, failed.attempt, failed.error_type) == ("store", 1, "Unreachable")
    assert failed.error
    assert (untried.step, untried.attempt, untried.error_type, untried.error) == (None, None, None, None)
    assert all(each.since.tzinfo for each in found.values())


def test_a_retry_is_due_from_its_time_on(pool: ConnectionPool, ids: dict[str, UUID]) -> None:
    before, at = NOON - timedelta(microseconds=1), NOON
    assert waiting.due_retries(pool, before, besides=(), limit=10) == []
    (due,) = waiting.due_retries(pool, at, besides=(), limit=10)
    (coming,) = waiting.coming_retries(pool, before, limit=10)
    assert due == coming
    assert (due.review_id, due.next_step, due.attempts, due.not_before) == (ids["retrying"], "store", 2, NOON)
    assert waiting.coming_retries(pool, at, limit=10) == []
    assert waiting.due_retries(pool, at, besides=[due.position], limit=10) == []


def test_who_waits_names_the_event_that_it_waits_since(
    pool: ConnectionPool, log: EventLog, ids: dict[str, UUID], now: datetime
) -> None:
    found = waiting.overdue(pool, "nlp", before=now, until=log.head(), besides=(), limit=10)
    for each in found:
        event = log.read_stream(each.review_id)[-1]
        assert (each.version, each.position, each.event_id) == (event.version, event.position, event.event_id)
        assert (each.tenant_id, each.correlation_id) == (event.tenant_id, event.correlation_id)
    assert {each.review_id for each in found} == {ids["to nlp"], ids["went on"]}
    first = found[0].position
    assert waiting.overdue(pool, "nlp", before=now, until=first - 1, besides=(), limit=10) == []
    assert [each.position for each in waiting.overdue(pool, "nlp", before=now, until=first, besides=(), limit=9)] == [
        first
    ]
    assert waiting.overdue(pool, "nlp", before=now, until=first, besides=[first], limit=10) == []


def test_late_are_the_steps_that_more_than_retries_wait_for(
    pool: ConnectionPool, ids: dict[str, UUID], now: datetime
) -> None:
    assert waiting.late_states(pool, DEADLINES, now) == ["store", "failed"]
    assert waiting.late_states(pool, dict.fromkeys(DEADLINES, 200.0), now) == []
    assert ids


def test_positions_that_a_review_has_left_wait_no_more(
    pool: ConnectionPool, log: EventLog, ids: dict[str, UUID]
) -> None:
    standing, passed = (log.read_stream(ids[name])[0].position for name in ("to store", "to nlp"))
    assert waiting.still_waiting(pool, [ids["to store"], ids["to nlp"]], [standing, passed]) == {standing}


def test_troubled_counts_retries_and_the_abandoned(pool: ConnectionPool, ids: dict[str, UUID]) -> None:
    assert waiting.troubled(pool) == Troubled(retrying=1, abandoned=1)
    assert ids


def test_a_corrected_review_waits_as_before_and_its_version_is_the_logs(
    pool: ConnectionPool, log: EventLog, history: History, now: datetime
) -> None:
    """The sweeper sends nothing for a review whose version it takes for an old one."""
    review = history.review("to nlp").collected().stored().corrected(author=None)
    other = history.review("other").collected().corrected(author=None).stored()
    history.save(log)
    handler = ProjectionHandler(pool, PostgresStore(pool, SagaProgressProjector()), log)
    for events in log.scan(handler.position(), batch=1):
        handler.handle(events)
    found = {
        each.review_id: each for each in waiting.overdue(pool, "nlp", before=now, until=log.head(), besides=(), limit=9)
    }
    for one in (review, other):
        assert found[one.id].version == 3
    assert found[review.id].event_id == log.read_stream(review.id)[1].event_id
