"""Replaying a part of history: affected reviews are made anew, the others stay as they are."""

from __future__ import annotations

import pytest
from psycopg_pool import ConnectionPool

from eventstore.log import EventLog
from projections.clickhouse.store import ClickHouseStore
from projections.postgres.reviews import ReviewsProjector
from projections.postgres.store import PostgresStore
from projections.repair import replay_part
from projections.runner import ProjectionHandler
from projections.selection import Selection
from schemas.events import ReviewRevised
from tests.projections.conftest import Rows
from tests.projections.making import ACME, OTHER, History


@pytest.fixture
def store(pool: ConnectionPool) -> PostgresStore:
    return PostgresStore(pool, ReviewsProjector())


@pytest.fixture
def damaged(pool: ConnectionPool, store: PostgresStore, log: EventLog, history: History, rows: Rows) -> None:
    """Six reviews of two tenants, one of each revised, all of them damaged."""
    for tenant in (ACME, OTHER):
        history.review("r1", tenant=tenant).whole()
        history.review("r2", tenant=tenant).whole().revised(content="Revised.").stored().analyzed()
        history.review("r3", tenant=tenant).whole()
    history.save(log)
    handler = ProjectionHandler(pool, store, log)
    handler.position()
    handler.handle(log.read_after(0, 1000))
    rows("UPDATE processed_reviews SET content = 'damaged' RETURNING 1")
    rows("DELETE FROM review_entities RETURNING 1")


def damage(rows: Rows) -> set[tuple[object, str]]:
    found = rows("SELECT tenant_id, external_id FROM processed_reviews WHERE content = 'damaged'")
    return {(row["tenant_id"], row["external_id"]) for row in found}


@pytest.mark.usefixtures("damaged")
def test_a_tenant_is_made_anew(pool: ConnectionPool, store: PostgresStore, log: EventLog, rows: Rows) -> None:
    outcome = replay_part(pool, store, log, Selection(tenant_id=ACME))
    assert not outcome.switched
    assert damage(rows) == {(OTHER, "r1"), (OTHER, "r2"), (OTHER, "r3")}
    assert rows("SELECT count(*) FROM review_entities") == [{"count": 3}]


@pytest.mark.usefixtures("damaged")
def test_an_event_type_selects_reviews_and_their_whole_history_is_applied(
    pool: ConnectionPool, store: PostgresStore, log: EventLog, rows: Rows
) -> None:
    chosen = Selection(topics=frozenset({ReviewRevised.TOPIC}))
    replay_part(pool, store, log, chosen)
    assert damage(rows) == {(tenant, name) for tenant in (ACME, OTHER) for name in ("r1", "r3")}
    healed = rows("SELECT content, sentiment_label FROM processed_reviews WHERE external_id = 'r2'")
    assert healed == [{"content": "Revised.", "sentiment_label": "positive"}] * 2


@pytest.mark.usefixtures("damaged")
def test_a_position_selects_reviews_with_later_events(
    pool: ConnectionPool, store: PostgresStore, log: EventLog, rows: Rows
) -> None:
    last = log.head() - 6
    replay_part(pool, store, log, Selection(from_position=last))
    assert damage(rows) == {(t, n) for t in (ACME, OTHER) for n in ("r1", "r2", "r3")} - {(OTHER, "r3")}


@pytest.mark.usefixtures("damaged")
def test_a_selection_of_nothing_changes_nothing(
    pool: ConnectionPool, store: PostgresStore, log: EventLog, rows: Rows
) -> None:
    outcome = replay_part(pool, store, log, Selection(topics=frozenset({"review.raw_stored"})))
    assert outcome.note.startswith("0 reviews")
    assert len(damage(rows)) == 6


def test_a_parked_review_comes_back(
    pool: ConnectionPool, store: PostgresStore, log: EventLog, history: History, rows: Rows
) -> None:
    review = history.review("r1").collected()
    history.save(log)
    fixed = {"now": False}

    def decode(event):
        if not fixed["now"]:
            raise KeyError("not yet")
        return decode_state(event)

    from projections.decoding import Decoder, decode_state

    store = PostgresStore(pool, ReviewsProjector(), Decoder(decode))
    handler = ProjectionHandler(pool, store, log)
    handler.position()
    handler.handle(log.read_after(0, 10))
    assert rows("SELECT error FROM parked_streams") == [{"error": "cannot be decoded: KeyError"}]
    assert rows("SELECT * FROM processed_reviews") == []
    fixed["now"] = True
    replay_part(pool, store, log, Selection(tenant_id=review.tenant))
    assert rows("SELECT * FROM parked_streams") == []
    assert [row["external_id"] for row in rows("SELECT external_id FROM processed_reviews")] == ["r1"]


def test_sums_of_a_part_are_built_beside_and_not_switched(
    pool: ConnectionPool, analytics: ClickHouseStore, log: EventLog, history: History, rows: Rows
) -> None:
    history.review("r1").whole()
    history.review("r1", tenant=OTHER).whole()
    history.save(log)
    handler = ProjectionHandler(pool, analytics, log)
    handler.position()
    handler.handle(log.read_after(0, 100))
    outcome = replay_part(pool, analytics, log, Selection(tenant_id=OTHER))
    assert (outcome.switched, outcome.version) == (False, 2)
    assert "not switched" in outcome.note
    assert analytics.clients.execute(f"SELECT count() FROM {analytics.name}_v2.review_facts") == [(1,)]
    assert rows("SELECT version, state, filter FROM projections ORDER BY version") == [
        {"version": 1, "state": "live", "filter": None},
        {"version": 2, "state": "building", "filter": {"tenant_id": str(OTHER)}},
    ]
