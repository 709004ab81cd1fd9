"""Parked streams are unparked after a fix, exactly once."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pytest
from psycopg_pool import ConnectionPool

from eventstore.log import EventLog
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.decoder import Decoder, decode_state
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.reviews import ReviewsProjector
from projections.rebuild.unpark import unpark
from projections.runner import ProjectionHandler
from schemas.errors import TransientError
from tests.projections.conftest import Ask, Rows
from tests.projections.making import History
from tests.projections.test_analytics import Crash, crash


def mended(event: Any) -> Any:
    """The fix: a rating that is none is taken for no rating."""
    record = decode_state(event)
    for name in ("contribution", "replaces", "withdrawn"):
        if record.get(name) and record[name]["rating"] is not None and math.isnan(record[name]["rating"]):
            record[name]["rating"] = None
    return record


@pytest.fixture
def parked(pool: ConnectionPool, analytics: ClickHouseStore, log: EventLog, history: History) -> ProjectionHandler:
    """One stream is parked from its second contribution on; three contributions are missing."""
    history.review("good").collected().updated()
    review = history.review("bad").collected().updated(day=date(2020, 1, 1))
    review.updated(rating=float("nan"), day=date(2020, 2, 1)).updated(rating=3.0, day=date(2020, 3, 1))
    history.save(log)
    handler = ProjectionHandler(pool, analytics, log)
    handler.position()
    handler.handle(log.read_after(0, 100))
    return handler


def test_what_is_refused_still_stays_parked(
    pool: ConnectionPool, analytics: ClickHouseStore, log: EventLog, parked: ProjectionHandler, ask: Ask
) -> None:
    assert [one.position for one in unpark(pool, analytics, log)] == [5]
    assert ask("SELECT sum(total_reviews), sum(rating_count) FROM {db}.review_metrics") == [(2, 2)]
    assert ask("SELECT max(date) FROM {db}.review_facts WHERE date < '2024-01-01'") == [(date(2020, 1, 1),)]


@pytest.mark.parametrize("dies", [None, "insert", "unpark"])
def test_missed_contributions_are_added_once(
    pool: ConnectionPool,
    analytics: ClickHouseStore,
    log: EventLog,
    history: History,
    parked: ProjectionHandler,
    ask: Ask,
    rows: Rows,
    monkeypatch: pytest.MonkeyPatch,
    dies: str | None,
) -> None:
    monkeypatch.setattr(analytics, "_decoder", Decoder(mended))
    if dies is not None:
        with monkeypatch.context() as dying:
            dying.setattr(analytics, "add_missed", crash) if dies == "insert" else dying.setattr(
                "projections.parking.unpark", crash
            )
            with pytest.raises(Crash):
                unpark(pool, analytics, log)
        history.review("later").collected().updated()
        history.save(log)
        parked.handle(log.read_after(parked._current().position, 100))
    assert unpark(pool, analytics, log) == []
    assert rows("SELECT * FROM parked_streams") == []
    count = 2 if dies is None else 3
    assert ask("SELECT sum(total_reviews), sum(rating_count) FROM {db}.review_metrics") == [(count, count)]
    assert ask("SELECT min(date), count() FROM {db}.review_facts") == [(date(2020, 3, 1), count)]


def test_events_after_unparking_are_applied_as_they_come(
    pool: ConnectionPool,
    analytics: ClickHouseStore,
    log: EventLog,
    history: History,
    ask: Ask,
    rows: Rows,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    review = history.review("bad").collected().updated(rating=float("nan"))
    history.save(log)
    handler = ProjectionHandler(pool, analytics, log)
    handler.position()
    handler.handle(log.read_after(0, 100))
    monkeypatch.setattr(analytics, "_decoder", Decoder(mended))
    with monkeypatch.context() as dying:
        dying.setattr("projections.parking.unpark", crash)
        with pytest.raises(Crash):
            unpark(pool, analytics, log)
    review.updated(rating=5.0)
    history.save(log)
    handler.handle(log.read_after(2, 100))
    assert ask("SELECT total_reviews, rating_count FROM {db}.review_metrics") == [(1, 1)]
    monkeypatch.setattr(analytics, "_decoder", Decoder())
    review.updated(rating=float("nan"))
    history.save(log)
    with pytest.raises(TransientError, match="being unparked"):
        handler.handle(log.read_after(3, 100))
    assert rows("SELECT position, pending_to FROM projections") == [{"position": 3, "pending_to": None}]


def test_rows_are_rebuilt(pool: ConnectionPool, log: EventLog, history: History, rows: Rows) -> None:
    history.review("bad").collected().processed()
    broken = {"on": True}

    def decode(event: Any) -> Any:
        if broken["on"] and event.version == 2:
            raise KeyError("not yet")
        return decode_state(event)

    history.save(log)
    store = PostgresStore(pool, ReviewsProjector(), Decoder(decode))
    handler = ProjectionHandler(pool, store, log)
    handler.position()
    handler.handle(log.read_after(0, 10))
    assert [one.position for one in unpark(pool, store, log)] == [2]
    broken["on"] = False
    assert unpark(pool, store, log) == []
    assert rows("SELECT entity_text FROM review_entities") == [{"entity_text": "Harbour"}]
    assert rows("SELECT language FROM processed_reviews") == [{"language": "en"}]
