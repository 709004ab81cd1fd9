"""review_vectors follows the newest analysis of each review, through batches, rebuilds, repairs and verification."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from clickhouse_driver import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg_pool import ConnectionPool

from eventstore.log import EventLog
from projections import registry
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.ports import Digests
from projections.rebuild.differences import differences
from projections.rebuild.rebuild import rebuild
from projections.rebuild.repair import replay_part
from projections.rebuild.selection import EVERYTHING, Selection
from projections.runner import ProjectionHandler
from projections.verify.comparison import verify
from tests.effort import examples
from tests.projections.conftest import Ask
from tests.projections.making import ACME, OTHER, History, Review

MOVES = ("vector", "other vector", "none", "zeros", "revised", "withdrawn")
VECTORS = {"vector": bytes((1, 129, 127)), "other vector": bytes((9, 8, 7)), "zeros": bytes(3), "none": None}


def move(review: Review, name: str) -> None:
    """The next event; of a withdrawn review only a revision can follow."""
    if review.gone and name != "revised":
        return
    if name in VECTORS:
        review.processed(vector=VECTORS[name], encoder=f"{name} 1")
    else:
        getattr(review, name)()


def expected(moves: list[str]) -> list[tuple[str, list[int], int]]:
    """(encoder, vector, revision), told without any code of the read model."""
    row: list[tuple[str, list[int], int]] = []
    revision, gone = 1, False
    for name in moves:
        if gone and name != "revised":
            continue
        gone = name == "withdrawn"
        revision += name == "revised"
        numbers = {"vector": [1, -127, 127], "other vector": [9, 8, 7]}.get(name)
        row = [] if numbers is None else [(f"{name} 1", numbers, revision)]
    return row


def follow(handler: ProjectionHandler, log: EventLog, batch: int) -> None:
    for events in log.scan(handler.position(), batch=batch):
        handler.handle(events)


@pytest.fixture
def handler(pool: ConnectionPool, analytics: ClickHouseStore, log: EventLog) -> ProjectionHandler:
    made = ProjectionHandler(pool, analytics, log)
    made.position()
    return made


@settings(max_examples=examples(15))
@given(moves=st.lists(st.sampled_from(MOVES), max_size=8), batch=st.integers(1, 9))
def test_a_review_has_the_vector_of_its_newest_analysis_or_none(
    handler: ProjectionHandler, log: EventLog, ask: Ask, moves: list[str], batch: int
) -> None:
    history = History()
    review = history.review(f"r{log.head()}").collected()  # the log outlives an example
    for name in moves:
        move(review, name)
    history.save(log)
    follow(handler, log, batch)
    found = ask(f"SELECT encoder, vector, revision FROM {{db}}.review_vectors WHERE review_id = '{review.id}'")
    assert found == expected(moves)


@pytest.fixture
def full(handler: ProjectionHandler, log: EventLog, history: History) -> History:
    for tenant in (ACME, OTHER):
        for number, name in enumerate(MOVES):
            review = history.review(name, tenant=tenant).collected()
            review.processed(vector=bytes((number, 200, 100))).sentiment().updated()
            move(review, name)
    history.save(log)
    follow(handler, log, 7)
    return history


def content(pool: ConnectionPool, store: ClickHouseStore) -> Digests:
    with pool.connection() as connection:
        return store.digests(connection, registry.live_or_fail(connection, store.name))


@pytest.mark.usefixtures("full")
def test_a_rebuild_makes_the_same_vectors(pool: ConnectionPool, analytics: ClickHouseStore, log: EventLog) -> None:
    before = content(pool, analytics)
    assert {tenant: digest.rows for (table, tenant), digest in before.items() if table == "review_vectors"} == {
        ACME: 2,
        OTHER: 2,
    }
    assert rebuild(pool, analytics, log).note == "equal to v1"
    assert content(pool, analytics) == before


DAMAGES = {
    "a vector is gone": "DELETE FROM {db}.review_vectors WHERE tenant_id = '{acme}'",
    "a vector is other": "INSERT INTO {db}.review_vectors SELECT * REPLACE ([1, 2, 3] AS vector, position + 99 AS "
    "position) FROM {db}.review_vectors FINAL WHERE tenant_id = '{acme}'",
    "a vector is foreign": "INSERT INTO {db}.review_vectors SELECT * REPLACE (toUUID('{foreign}') AS review_id, position + 99 AS position) "
    "FROM {db}.review_vectors FINAL WHERE tenant_id = '{acme}' LIMIT 1",
}


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found_by_verify_and_mended_by_a_repair(
    pool: ConnectionPool,
    analytics: ClickHouseStore,
    log: EventLog,
    history: History,
    connect: Callable[[], Client],
    damage: str,
) -> None:
    def failed() -> list[str]:
        checks = verify(pool, log, clickhouse=analytics, timeout=0.1).checks
        return [check.name for check in checks if not check.ok]

    before = content(pool, analytics)
    assert failed() == []
    assert differences(pool, analytics, log, EVERYTHING).total == {}
    foreign: UUID = history.review("withdrawn").id
    statement = DAMAGES[damage].format(db=f"{analytics.name}_v1", acme=ACME, foreign=foreign)
    connect().execute(statement)
    assert failed() == ["review_vectors", f"review_vectors: tenant {ACME}"]
    assert set(differences(pool, analytics, log, EVERYTHING).total) == {"review_vectors"}
    replay_part(pool, analytics, log, Selection(tenant_id=ACME))
    assert content(pool, analytics) == before
    assert failed() == []
