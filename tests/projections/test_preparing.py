"""Helping processes give the same read model as one process."""

from __future__ import annotations

from functools import partial

import pytest
from psycopg_pool import ConnectionPool

from connectors.postgres import open_pool
from eventstore.log import EventLog
from projections.postgres.preparing import Preparing
from projections.postgres.reviews import ReviewsProjector
from projections.postgres.store import PostgresStore
from projections.rebuild import rebuild
from projections.runner import ProjectionHandler
from tests.projections.conftest import Rows
from tests.projections.making import History


def open_log(url: str) -> EventLog:
    return EventLog(open_pool(url, name="helper", size=1))


@pytest.fixture
def worker(pool: ConnectionPool, log: EventLog) -> ProjectionHandler:
    made = ProjectionHandler(pool, PostgresStore(pool, ReviewsProjector()), log)
    made.position()
    return made


def bulk(url: str):
    helped = Preparing(partial(open_log, url), processes=1, least=0)
    return partial(helped.fill, batch=40)


def test_helpers_build_what_one_process_builds(
    pool: ConnectionPool, log: EventLog, history: History, worker: ProjectionHandler, url: str
) -> None:
    for n in range(30):
        history.review(f"r{n}").whole().revised().processed()
    history.save(log)
    worker.handle(log.read_after(0, 1000))
    store = PostgresStore(pool, ReviewsProjector())
    seen: list[int] = []
    outcome = rebuild(pool, store, log, bulk=bulk(url), progress=lambda done, _: seen.append(done))
    assert outcome.note == "equal to v1"
    assert seen == [*range(40, 240, 40), 240]


def test_an_event_that_must_be_parked_is_parked(
    pool: ConnectionPool, log: EventLog, history: History, worker: ProjectionHandler, url: str, rows: Rows
) -> None:
    for n in range(30):
        review = history.review(f"r{n}").collected().processed()
        review.sentiment(score=float("nan") if n == 15 else 0.5)
    history.save(log)
    rebuild(pool, PostgresStore(pool, ReviewsProjector()), log, bulk=bulk(url))
    assert rows("SELECT version, position FROM parked_streams") == [{"version": 2, "position": 48}]
    assert rows("SELECT count(*) FROM processed_reviews WHERE sentiment_label IS NOT NULL") == [{"count": 29}]
