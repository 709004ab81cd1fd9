"""Rebuild, switch, rollback: the same for read models in PostgreSQL and in ClickHouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from psycopg_pool import ConnectionPool

from eventstore.log import EventLog
from projections import registry
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.fill import fill
from projections.lost import GONE, as_lost
from projections.ports import Digests, ProjectionStore
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.reviews import ReviewsProjector
from projections.postgres.saga_progress import SagaProgressProjector
from projections.rebuild.plan import plan
from projections.rebuild.rebuild import begin, rebuild
from projections.rebuild.unfinished import pause, unfinished
from projections.registry import PositionMoved
from projections.runner import GroupHandler, ProjectionHandler
from projections.switch import advisory_lock, rollback
from schemas.errors import NotAllowed, StoreLost, Unavailable, VerificationFailed
from tests.projections.conftest import Rows
from tests.projections.making import ACME, History

MAKERS: dict[str, Callable[..., ProjectionStore]] = {
    "reviews": lambda request: PostgresStore(request.getfixturevalue("pool"), ReviewsProjector()),
    "saga_progress": lambda request: PostgresStore(request.getfixturevalue("pool"), SagaProgressProjector()),
    "analytics": lambda request: request.getfixturevalue("analytics"),
}


@pytest.fixture(params=list(MAKERS))
def store(request: pytest.FixtureRequest) -> ProjectionStore:
    return MAKERS[request.param](request)


@pytest.fixture
def worker(pool: ConnectionPool, store: ProjectionStore, log: EventLog) -> ProjectionHandler:
    made = ProjectionHandler(pool, store, log)
    made.position()
    return made


def work(worker: ProjectionHandler, log: EventLog, *, batch: int = 7) -> None:
    """What the subscription does, until the head, from where the worker believes to stand."""
    for events in log.scan(worker._current().position, batch=batch):
        worker.handle(events)


def some(history: History, start: int, count: int) -> None:
    for n in range(start, start + count):
        history.review(f"r{n}").whole()
    history.review(f"r{start}x").collected().revised().stored().failed("nlp").marked("nlp")
    history.review(f"r{start}y").collected().updated().rolled_back()


def digests(pool: ConnectionPool, store: ProjectionStore) -> Digests:
    with pool.connection() as connection:
        return store.digests(connection, registry.live_or_fail(connection, store.name))


def told(pool: ConnectionPool, store: ProjectionStore) -> tuple[str, str]:
    """What an operator is told of the one unfinished version: its state, and the command that goes on."""
    with pool.connection() as connection:
        (left,) = unfinished(connection, store.name)
    return left.state, left.command


def states(rows: Rows) -> list[tuple[int, str]]:
    return [(row["version"], row["state"]) for row in rows("SELECT version, state FROM projections ORDER BY version")]


def test_a_rebuilt_version_equals_the_live_one_and_takes_its_place(
    pool: ConnectionPool, store: ProjectionStore, worker: ProjectionHandler, log: EventLog, history: History, rows: Rows
) -> None:
    some(history, 0, 20)
    head = history.save(log)
    work(worker, log)
    before, planned = digests(pool, store), plan(pool, store, log).events
    seen: list[tuple[int, int]] = []
    outcome = rebuild(pool, store, log, progress=lambda done, total: seen.append((done, total)))
    assert (outcome.version, outcome.switched, outcome.note, outcome.position) == (2, True, "equal to v1", head)
    assert digests(pool, store) == before
    assert sum(digest.rows for digest in before.values()) > 0
    assert states(rows) == [(1, "retired"), (2, "live")]
    done, total = seen[-1]
    assert done == total == planned + round(planned * store.finishing)
    assert outcome.events == planned == log.count(topics=store.topics)
    assert [at for at, _ in seen] == sorted(at for at, _ in seen)


def test_a_worker_notices_the_switch_and_leaves_the_old_version_alone(
    pool: ConnectionPool, store: ProjectionStore, worker: ProjectionHandler, log: EventLog, history: History, rows: Rows
) -> None:
    some(history, 0, 5)
    switched_at = history.save(log)
    work(worker, log)
    rebuild(pool, store, log)
    some(history, 100, 5)
    head = history.save(log)
    work(worker, log)
    positions = {row["version"]: row["position"] for row in rows("SELECT version, position FROM projections")}
    assert positions == {1: switched_at, 2: head}
    assert rebuild(pool, store, log).note == "equal to v2"


def test_the_worker_may_go_on_during_a_rebuild(
    pool: ConnectionPool, store: ProjectionStore, worker: ProjectionHandler, log: EventLog, history: History
) -> None:
    some(history, 0, 10)
    history.save(log)
    work(worker, log)
    more = iter(range(1, 4))

    def meanwhile(_done: int, _total: int) -> None:
        if (turn := next(more, None)) is not None:
            some(history, 100 * turn, 3)
            history.save(log)
            work(worker, log)

    outcome = rebuild(pool, store, log, progress=meanwhile)
    assert outcome.note == "equal to v1"
    assert outcome.position == log.head()
    assert worker.position() == log.head()


def test_a_rebuild_reaches_the_head_when_no_worker_runs(
    pool: ConnectionPool, store: ProjectionStore, worker: ProjectionHandler, log: EventLog, history: History
) -> None:
    some(history, 0, 3)
    history.save(log)
    work(worker, log)
    some(history, 100, 3)
    head = history.save(log)
    assert rebuild(pool, store, log).position == head
    work(worker, log)
    assert rebuild(pool, store, log).note == "equal to v2"


def test_only_one_version_is_kept_for_going_back(
    pool: ConnectionPool, store: ProjectionStore, worker: ProjectionHandler, log: EventLog, history: History, rows: Rows
) -> None:
    some(history, 0, 2)
    history.save(log)
    work(worker, log)
    rebuild(pool, store, log)
    rebuild(pool, store, log)
    assert states(rows) == [(2, "retired"), (3, "live")]


def test_going_back_brings_the_old_version_up_to_date(
    pool: ConnectionPool, store: ProjectionStore, worker: ProjectionHandler, log: EventLog, history: History, rows: Rows
) -> None:
    some(history, 0, 4)
    history.save(log)
    work(worker, log)
    rebuild(pool, store, log)
    some(history, 100, 4)
    head = history.save(log)
    work(worker, log)
    expected = digests(pool, store)
    back = rollback(pool, store, log)
    assert (back.version, back.position) == (1, head)
    assert states(rows) == [(1, "live"), (2, "retired")]
    assert digests(pool, store) == expected
    some(history, 200, 1)
    history.save(log)
    work(worker, log)
    assert rebuild(pool, store, log).note == "equal to v1"


def test_a_difference_keeps_the_live_version_unless_it_is_accepted(
    pool: ConnectionPool, log: EventLog, history: History, rows: Rows
) -> None:
    store = PostgresStore(pool, ReviewsProjector())
    worker = ProjectionHandler(pool, store, log)
    worker.position()
    some(history, 0, 4)
    history.save(log)
    work(worker, log)
    rows("UPDATE processed_reviews SET sentiment_label = 'negative' WHERE external_id = 'r1' RETURNING 1")
    with pytest.raises(VerificationFailed, match=f"processed_reviews has other content in the 6 rows of tenant {ACME}"):
        rebuild(pool, store, log)
    assert states(rows) == [(1, "live")]
    assert rows("SELECT nspname FROM pg_namespace WHERE nspname ~ '^reviews_v'") == [{"nspname": "reviews_v1"}]
    outcome = rebuild(pool, store, log, accept_difference=True)
    assert outcome.note.startswith("differs from v1")
    assert rows("SELECT DISTINCT sentiment_label FROM processed_reviews WHERE external_id = 'r1'") == [
        {"sentiment_label": "positive"}
    ]


def test_an_error_half_way_leaves_the_live_version_as_it_was_and_the_next_rebuild_goes_on(
    pool: ConnectionPool, store: ProjectionStore, worker: ProjectionHandler, log: EventLog, history: History, rows: Rows
) -> None:
    some(history, 0, 4)
    history.save(log)
    work(worker, log)
    before = digests(pool, store)

    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(pool, store, log, progress=interrupt)
    assert states(rows) == [(1, "live"), (2, "building")]
    assert told(pool, store) == ("interrupted", f"reviewstream replay {store.name}")
    with pytest.raises(NotAllowed, match=f"`reviewstream replay {store.name}` continues it"):
        pause(pool, store.name)
    assert digests(pool, store) == before
    outcome = rebuild(pool, store, log)
    assert (outcome.version, outcome.note) == (2, "equal to v1")
    assert digests(pool, store) == before


def test_a_restart_forgets_what_was_left_unfinished(
    pool: ConnectionPool, store: ProjectionStore, worker: ProjectionHandler, log: EventLog, history: History, rows: Rows
) -> None:
    some(history, 0, 4)
    history.save(log)
    work(worker, log)
    left = begin(pool, store)
    assert rebuild(pool, store, log, restart=True).note == "equal to v1"
    assert states(rows) == [(1, "retired"), (2, "live")]
    assert rows("SELECT created_at FROM projections WHERE state = 'live'")[0]["created_at"] > left.created_at


def test_tables_of_another_shape_are_not_gone_on_with(
    pool: ConnectionPool, store: ProjectionStore, worker: ProjectionHandler, log: EventLog, rows: Rows
) -> None:
    left = begin(pool, store)
    rows("UPDATE projections SET shape = 'older' WHERE state = 'building' RETURNING 1")
    rebuild(pool, store, log)
    assert states(rows) == [(1, "retired"), (2, "live")]
    assert rows("SELECT created_at FROM projections WHERE state = 'live'")[0]["created_at"] > left.created_at


def test_a_paused_rebuild_goes_on_where_it_stood_when_it_is_resumed(
    pool: ConnectionPool, store: ProjectionStore, worker: ProjectionHandler, log: EventLog, history: History, rows: Rows
) -> None:
    some(history, 0, 20)
    history.save(log)
    work(worker, log)
    before = digests(pool, store)
    size = {"batch": 30}

    def stepwise(pool, store, at, source, until, *, moved, rate):
        return fill(store, at, source, until, batch=size["batch"], moved=moved, rate=rate)

    planned = plan(pool, store, log).events
    shown: list[tuple[str, str]] = []

    def first_batch(_done: int, _total: int) -> None:
        shown.append(told(pool, store))
        pause(pool, store.name)
        shown.append(told(pool, store))

    paused = rebuild(pool, store, log, progress=first_batch, bulk=stepwise)
    assert shown == [("running", f"reviewstream replay {store.name} --pause"), ("pausing", "")]
    assert told(pool, store) == ("paused", f"reviewstream replay {store.name} --resume")
    assert (paused.switched, paused.note) == (False, f"paused at position {paused.position}; --resume continues")
    assert 0 < paused.position < log.head()
    with pytest.raises(NotAllowed, match=f"is paused at position {paused.position}, and no one builds it"):
        pause(pool, store.name)
    rest = plan(pool, store, log)
    assert (rest.events, rest.continues) == (
        planned - paused.events, f"{store.name} v2 is paused at position {paused.position}",
    )  # fmt: skip
    with pytest.raises(NotAllowed, match="--resume continues it, --restart starts over"):
        rebuild(pool, store, log)
    outcome = rebuild(pool, store, log, resume=True, bulk=stepwise)
    assert (outcome.version, outcome.note, outcome.events) == (2, "equal to v1", rest.events)
    assert digests(pool, store) == before


def test_there_is_nothing_to_pause_or_resume_when_nothing_is_built(
    pool: ConnectionPool, store: ProjectionStore, worker: ProjectionHandler, log: EventLog
) -> None:
    with pytest.raises(NotAllowed, match="nothing to pause"):
        pause(pool, store.name)
    with pytest.raises(NotAllowed, match="no unfinished rebuild"):
        rebuild(pool, store, log, resume=True)


def test_the_pace_is_limited(
    pool: ConnectionPool, store: ProjectionStore, worker: ProjectionHandler, log: EventLog, history: History
) -> None:
    some(history, 0, 10)
    history.save(log)
    count = log.count(topics=store.topics)
    outcome = rebuild(pool, store, log, events_per_second=2 * count)
    assert outcome.seconds >= 0.4


def test_two_rebuilds_at_once_are_refused(
    pool: ConnectionPool, store: ProjectionStore, worker: Any, log: EventLog
) -> None:
    with advisory_lock(pool, store.name), pytest.raises(NotAllowed, match="being rebuilt already"):
        rebuild(pool, store, log)
    rebuild(pool, store, log)


def test_a_second_writer_is_an_error(
    pool: ConnectionPool, store: ProjectionStore, worker: ProjectionHandler, log: EventLog, history: History
) -> None:
    second = ProjectionHandler(pool, store, log)
    second.position()
    history.review("r1").whole()
    history.save(log)
    events = log.read_after(0, 100)
    worker.handle(events)
    with pytest.raises(PositionMoved, match="a second worker writes it"):
        second.handle(events)


def test_a_dry_run_counts_and_estimates(
    pool: ConnectionPool, store: ProjectionStore, worker: ProjectionHandler, log: EventLog, history: History, rows: Rows
) -> None:
    some(history, 0, 4)
    history.save(log)
    work(worker, log)
    planned = plan(pool, store, log)
    assert planned.events == log.count(topics=store.topics) > 0
    assert planned.seconds == planned.events / store.pace
    assert plan(pool, store, log, events_per_second=10).seconds == planned.events / 10
    assert planned.bytes > 0
    assert states(rows) == [(1, "live")]


def test_what_was_never_started_cannot_be_rebuilt(pool: ConnectionPool, store: ProjectionStore, log: EventLog) -> None:
    with pytest.raises(Unavailable, match="start its worker first"):
        rebuild(pool, store, log)


def test_there_is_nothing_to_go_back_to_at_first(
    pool: ConnectionPool, store: ProjectionStore, worker: Any, log: EventLog
) -> None:
    with pytest.raises(NotAllowed, match="none was kept"):
        rollback(pool, store, log)


def test_a_group_starts_with_the_one_furthest_behind(
    pool: ConnectionPool, analytics: ClickHouseStore, log: EventLog, history: History, rows: Rows
) -> None:
    reviews = ProjectionHandler(pool, PostgresStore(pool, ReviewsProjector()), log)
    group = GroupHandler("projections", [reviews, ProjectionHandler(pool, analytics, log)])
    assert group.position() == 0
    history.review("r1").whole()
    head = history.save(log)
    reviews.handle(log.read_after(0, 4))
    assert group.position() == 0
    group.handle(log.read_after(0, 100))
    assert group.position() == head
    assert rows("SELECT count(*) FROM review_entities") == [{"count": 1}]


def test_a_lost_version_is_named_and_replaced_without_being_asked(
    pool: ConnectionPool, store: ProjectionStore, worker: ProjectionHandler, log: EventLog, history: History, rows: Rows
) -> None:
    some(history, 0, 10)
    head = history.save(log)
    work(worker, log)
    before = digests(pool, store)
    with pool.connection() as connection:
        store.drop(connection, registry.live_or_fail(connection, store.name))
    with pytest.raises(StoreLost, match="recover"):
        worker.position()
    history.review("late").whole()
    assert history.save(log) > head
    with pytest.raises((StoreLost, *GONE)) as refused:
        work(worker, log)
    assert isinstance(as_lost(str(pool.conninfo), refused.value), StoreLost)
    assert plan(pool, store, log).bytes == 0
    outcome = rebuild(pool, store, log)
    assert (outcome.version, outcome.position) == (2, log.head())
    assert outcome.note.startswith("not compared: ")
    assert states(rows) == [(2, "live")], "a version without content could be rolled back to"
    assert worker.position() == log.head()
    assert digests(pool, store).keys() == before.keys()
    assert rebuild(pool, store, log).note == "equal to v2"


def test_one_that_is_ahead_of_the_log_is_replaced_too(
    pool: ConnectionPool, store: ProjectionStore, worker: ProjectionHandler, log: EventLog, history: History, rows: Rows
) -> None:
    """As after the log was restored from an older backup."""
    some(history, 0, 3)
    head = history.save(log)
    work(worker, log)
    with pool.connection() as connection:
        connection.execute("UPDATE projections SET position = position + 100")
    with pytest.raises(StoreLost, match=f"position {head + 100}, and the event log ends at {head}"):
        worker.position()
    assert rebuild(pool, store, log).position == head
    assert worker.position() == head
    assert states(rows) == [(2, "live")]
