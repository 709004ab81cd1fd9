"""The real subscription on the real tail: appends, rebuilds and a rollback at once, and every event counted once."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from psycopg_pool import ConnectionPool
from tenacity import Retrying, stop_after_delay, wait_fixed

from eventstore.log import EventLog
from eventstore.subscription import Subscription
from eventstore.tail import SharedTail
from projections import registry
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.postgres.failures import FailuresProjector
from projections.postgres.feedback import FeedbackProjector
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.reviews import ReviewsProjector
from projections.postgres.saga_progress import SagaProgressProjector
from projections.rebuild.rebuild import rebuild
from projections.runner import GroupHandler, ProjectionHandler
from projections.switch import rollback
from projections.verify.comparison import verify
from tests.projections.making import History


@pytest.fixture
def following(pool: ConnectionPool, log: EventLog, analytics: ClickHouseStore) -> Iterator[threading.Thread]:
    """A worker with all projections, in a thread of its own."""
    stores = [
        PostgresStore(pool, p)
        for p in (ReviewsProjector(), SagaProgressProjector(), FailuresProjector(), FeedbackProjector())
    ]
    group = GroupHandler("projections", [ProjectionHandler(pool, store, log) for store in (*stores, analytics)])
    tail, stop = SharedTail(log, None, poll_interval=0.02), threading.Event()
    group.position()
    worker = threading.Thread(target=Subscription(group, tail).run, args=(stop,))
    worker.start()
    yield worker
    stop.set()
    worker.join(30)
    tail.close()


def test_rebuilds_and_rollbacks_under_load_lose_and_double_nothing(
    pool: ConnectionPool, log: EventLog, analytics: ClickHouseStore, following: threading.Thread
) -> None:
    done = threading.Event()

    def append() -> None:
        history = History()
        for n in range(400):
            review = history.review(f"r{n}").whole()
            if n % 3 == 0:
                review.revised().stored().analyzed().updated(label="negative", score=-0.4)
            history.save(log)
            if done.is_set():
                break

    appending = threading.Thread(target=append)
    appending.start()
    until_begun(pool)
    try:
        for store in (PostgresStore(pool, ReviewsProjector()), same_databases(analytics, pool)):
            assert rebuild(pool, store, log).note == "equal to v1"
            rollback(pool, store, log)
    finally:
        done.set()
        appending.join()
    report = verify(pool, log, clickhouse=analytics)
    assert [check.name for check in report.checks if not check.ok] == []
    assert following.is_alive()


def until_begun(pool: ConnectionPool) -> None:
    """Wait until every projection has applied something, so that there is something to compare with."""
    for attempt in Retrying(stop=stop_after_delay(60), wait=wait_fixed(0.05)):
        with attempt, pool.connection() as connection:
            assert all(version.position > 30 for version in registry.versions(connection))


def same_databases(store: ClickHouseStore, pool: ConnectionPool) -> ClickHouseStore:
    """Another object for the same databases, as another process would have."""
    return ClickHouseStore(pool, store.clients._connect, name=store.name)
