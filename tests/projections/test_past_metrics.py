"""Sums as they were: what ClickHouse answered when it stood at that position."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from clickhouse_driver import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg_pool import ConnectionPool

from eventstore.log import EventLog
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.queries.metrics import Metrics
from projections.queries.past_metrics import PastMetrics
from projections.runner import ProjectionHandler
from schemas.errors import InvalidInput
from tests.effort import examples
from tests.projections.making import ACME, OTHER, History
from tests.projections.test_analytics_invariant import CHANGES, TURNS, Move, turn

DAYS = {"since": date(2024, 1, 31), "until": date(2024, 2, 1)}


@settings(max_examples=examples(10))
@given(turns=TURNS, strangers=st.lists(CHANGES, max_size=2))
def test_at_every_position_the_sums_are_what_clickhouse_answered_there(
    pool: ConnectionPool,
    analytics: ClickHouseStore,
    log: EventLog,
    connect: Callable[[], Client],
    turns: list[tuple[int, Move]],
    strangers: list[dict[str, Any]],
) -> None:
    tenant, history = uuid4(), History()
    for change in strangers:
        history.review(f"{uuid4()}", tenant=OTHER).collected().updated(**change)
    reviews = [history.review(f"{uuid4()}", tenant=tenant).collected() for _ in range(4)]
    for number, move in turns:
        turn(reviews[number], move)
    history.save(log)
    handler = ProjectionHandler(pool, analytics, log)
    asking = Metrics(pool, connect, name=analytics.name)
    for event in log.read_after(handler.position(), 100):
        handler.handle([event])
        past = PastMetrics(log, event.position)
        assert past.by_day(tenant, **DAYS) == asking.by_day(tenant, **DAYS)
        assert past.by_day(tenant, **DAYS, source="quay") == asking.by_day(tenant, **DAYS, source="quay")
        for origin in ("source", "platform"):
            assert past.by_origin(origin, tenant, **DAYS) == asking.by_origin(origin, tenant, **DAYS)
            one = DAYS | {"source": "quay"}
            assert past.by_origin(origin, tenant, **one) == asking.by_origin(origin, tenant, **one)


def test_a_review_that_cannot_be_counted_is_parked_from_there_on(
    pool: ConnectionPool, analytics: ClickHouseStore, log: EventLog, history: History, connect: Callable[[], Client]
) -> None:
    bad = history.review("bad").collected().updated()
    history.review("good").collected().updated()
    bad.updated(score=3.0).updated(score=0.5)
    head = history.save(log)
    handler = ProjectionHandler(pool, analytics, log)
    handler.position()
    day = {"since": date(2024, 5, 17), "until": date(2024, 5, 17)}
    for event in log.read_after(0, head):
        handler.handle([event])
        past = PastMetrics(log, event.position).by_day(ACME, **day)
        assert past == Metrics(pool, connect, name=analytics.name).by_day(ACME, **day)
    assert past[0].sums.avg_score == pytest.approx(0.58)


def test_the_log_is_read_by_its_filters_and_page_by_page(log: EventLog, history: History) -> None:
    for n in range(30):
        history.review(f"{n}", tenant=ACME if n % 3 else OTHER).whole()
    head = history.save(log)
    asked: list[dict[str, Any]] = []

    class Watched(EventLog):
        def scan(self, *args: Any, **options: Any) -> Any:
            asked.append({"until": args[1], **options})
            for page in super().scan(*args, **options, batch=7):
                asked.append({"events": len(page), "tenants": {event.tenant_id for event in page}})
                yield page

    watched = Watched(log._pool)
    (day,) = PastMetrics(watched, head - 1).by_day(ACME, since=date(2024, 5, 1), until=date(2024, 5, 31))
    assert day.sums.total_reviews == 20
    scan, *pages = asked
    assert (scan["until"], scan["tenant_id"]) == (head - 1, ACME)
    assert sum(page["events"] for page in pages) == 20  # of 120: neither other tenants' nor other kinds
    assert all(page["tenants"] == {ACME} for page in pages)


@pytest.mark.parametrize(("days", "said"), [(-1, "before since"), (31, "32 days are more than 31")])
def test_ranges_that_are_refused(log: EventLog, days: int, said: str) -> None:
    first = date(2024, 1, 1)
    with pytest.raises(InvalidInput, match=f"until: .*{said}"):
        PastMetrics(log, 0).by_origin("source", ACME, since=first, until=first + timedelta(days=days))
    assert PastMetrics(log, 0).by_day(ACME, since=first, until=first + timedelta(days=30)) == []
