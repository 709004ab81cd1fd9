"""Several processes, each with a share of the streams, give the same read model as one; killed, they go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psutil
import pytest
from clickhouse_driver import Client
from psycopg_pool import ConnectionPool

from connectors.postgres import open_pool
from eventstore.log import EventLog
from projections import registry
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.ports import ProjectionStore
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.reviews import ReviewsProjector
from projections.rebuild.plan import plan
from projections.rebuild.rebuild import begin, rebuild
from projections.rebuild.shards import Parts, Sharded
from projections.rebuild.unfinished import unfinished
from projections.registry import PositionMoved
from projections.runner import ProjectionHandler
from schemas.errors import Unavailable
from tests.projections.conftest import Rows
from tests.projections.making import History
from tests.waiting import is_gone, until

ROOT = Path(__file__).parents[2]
KILLED = Path(__file__).with_name("rebuilding.py")


@contextmanager
def open_parts(url: str, clickhouse_url: str, name: str) -> Iterator[Parts]:
    """What a helping process works with, by the name of the projection."""
    pool, client = open_pool(url, name="helper", size=3), Client.from_url(clickhouse_url)
    log = EventLog(pool)
    try:
        if name == "reviews":
            yield Parts(pool, PostgresStore(pool, ReviewsProjector()), log)
        else:
            yield Parts(pool, ClickHouseStore(pool, partial(Client.from_url, clickhouse_url), name=name), log)
    finally:
        client.disconnect()
        pool.close()


def open_nothing(name: str) -> Iterator[Parts]:
    raise Unavailable(f"the parts of {name} cannot be made here")


def stores(**long: bool) -> pytest.MarkDecorator:
    """Both of them; the one that is said to be so takes long."""
    marks = {name: pytest.mark.long if long.get(name) else () for name in ("reviews", "analytics")}
    return pytest.mark.parametrize("store", [pytest.param(name, marks=marks[name]) for name in marks], indirect=True)


@pytest.fixture(params=["reviews", "analytics"])
def store(request: pytest.FixtureRequest, pool: ConnectionPool) -> ProjectionStore:
    return request.getfixturevalue("analytics") if request.param == "analytics" else PostgresStore(
        pool, ReviewsProjector()
    )  # fmt: skip


@pytest.fixture
def filled(pool: ConnectionPool, store: ProjectionStore, log: EventLog, history: History) -> None:
    """Sixty reviews, and the live version level with them."""
    for n in range(60):
        history.review(f"r{n}").whole().revised().stored().analyzed().updated()
    history.save(log)
    worker = ProjectionHandler(pool, store, log)
    worker.position()
    worker.handle(log.read_after(0, 10_000))


def sharded(url: str, clickhouse_url: str, shards: int = 2) -> Sharded:
    return Sharded(partial(open_parts, url, clickhouse_url), shards=shards, least=0, batch=40)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("shards", [1, 3])
def test_shares_build_what_one_process_builds(
    pool: ConnectionPool, log: EventLog, store: ProjectionStore, url: str, clickhouse_url: str, rows: Rows, shards: int
) -> None:
    seen: list[int] = []
    bulk = sharded(url, clickhouse_url, shards).fill
    outcome = rebuild(pool, store, log, bulk=bulk, progress=lambda done, _: seen.append(done))
    assert outcome.note == "equal to v1"
    assert seen == sorted(seen)
    assert log.count(topics=store.topics) == outcome.events
    assert outcome.events in seen
    assert rows("SELECT * FROM projection_shards") == []


@pytest.mark.usefixtures("filled")
def test_what_shares_left_is_finished_by_one_process_too(
    pool: ConnectionPool, log: EventLog, store: ProjectionStore, url: str, clickhouse_url: str
) -> None:
    at = begin(pool, store)
    with pool.connection() as connection:
        first, second = registry.split(connection, at, 2)
    half = next(log.scan(0, 100, topics=store.topics, shard=first.shard))
    store.advance(first, half, 100)
    with pool.connection() as connection, pytest.raises(PositionMoved):
        registry.join(connection, at, 100)  # the second has not come so far
    with pool.connection() as connection:
        assert [one.position for one in registry.split(connection, at, 2)] == [100, 0]
    assert second.shard == (1, 2)
    outcome = rebuild(pool, store, log)
    assert (outcome.version, outcome.note) == (at.version, "equal to v1")


@stores(analytics=True)
@pytest.mark.usefixtures("filled")
def test_a_process_that_cannot_work_ends_the_rebuild_with_its_reason(
    pool: ConnectionPool, log: EventLog, store: ProjectionStore, rows: Rows
) -> None:
    with pytest.raises(Unavailable, match="cannot be made here"):
        rebuild(pool, store, log, bulk=Sharded(open_nothing, least=0).fill)
    assert rebuild(pool, store, log).note == "equal to v1"


@stores(analytics=True)
@pytest.mark.usefixtures("filled")
def test_killed_in_the_middle_it_goes_on_where_it_stood(
    pool: ConnectionPool, log: EventLog, store: ProjectionStore, url: str, clickhouse_url: str, rows: Rows
) -> None:
    slow = [sys.executable, str(KILLED), url, clickhouse_url, store.name]
    child = subprocess.Popen(slow, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        until(lambda: any(row["position"] for row in rows("SELECT position FROM projection_shards")), 60)
        helpers = psutil.Process(child.pid).children(recursive=True)
        child.send_signal(signal.SIGKILL)
        child.wait()
        until(lambda: all(is_gone(helper.pid) for helper in helpers))
    finally:
        child.kill()
        child.wait()
    stood = [row["position"] for row in rows("SELECT position FROM projection_shards ORDER BY shard")]
    assert len(stood) == 2
    assert max(stood) < log.head()
    until(lambda: told(pool, store) == "interrupted", 60)  # as soon as the server has noticed that its client is gone
    planned = plan(pool, store, log)
    assert 0 < planned.events < log.count(topics=store.topics)
    outcome = rebuild(pool, store, log, bulk=sharded(url, clickhouse_url).fill)
    assert (outcome.version, outcome.note, outcome.events) == (2, "equal to v1", planned.events)


def told(pool: ConnectionPool, store: ProjectionStore) -> str:
    with pool.connection() as connection:
        (left,) = unfinished(connection, store.name)
    return left.state


def test_a_poisoned_event_is_parked_by_the_share_that_has_it(
    pool: ConnectionPool, log: EventLog, history: History, url: str, clickhouse_url: str, rows: Rows
) -> None:
    for n in range(30):
        review = history.review(f"r{n}").collected().processed()
        review.sentiment(score=float("nan") if n == 15 else 0.5)
    history.save(log)
    store = PostgresStore(pool, ReviewsProjector())
    worker = ProjectionHandler(pool, store, log)
    worker.position()
    worker.handle(log.read_after(0, 1000))
    rebuild(pool, store, log, bulk=sharded(url, clickhouse_url).fill)
    assert rows("SELECT version, position FROM parked_streams ORDER BY version") == [
        {"version": 1, "position": 48}, {"version": 2, "position": 48},
    ]  # fmt: skip
    assert rows("SELECT count(*) FROM processed_reviews WHERE sentiment_label IS NOT NULL") == [{"count": 29}]
