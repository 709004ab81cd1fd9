"""In-place repair where there are no transactions: wrong facts are replaced, and rollups corrected by the difference.

The live version stands still meanwhile. Of one lot, facts are deleted, then inserted, then the sums of their days are
compared with the facts of those days and corrected by the difference. Whoever reads in between may miss some facts; a
repair that died in between is begun again, and finds what is left to do.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from typing import Any, Protocol
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg_pool import ConnectionPool

from eventstore.model import RecordedEvent
from projections.clickhouse import schema
from projections.clickhouse.clients import Clients
from projections.clickhouse.rows import COLUMNS, Row, facts
from projections.clickhouse.vector_correction import repair_vectors, vector_differences
from projections.decoder import Decoded
from projections.differences import Difference, Differences
from projections.fill import BATCH
from projections.histories import histories
from projections.ports import EventSource
from projections.registry import Version
from projections.switch import locked_live_version

ROLLUPS = ("review_metrics", "daily_stats", "topic_trends", "topic_periods")
LOT = 2_000
"""Ids in one statement, which has a limited length."""
FACT_COLUMNS = tuple(name.strip() for name in COLUMNS["review_facts"].split(","))
TENANT, DAY, REVIEW = 0, 1, 2
DELETED = FACT_COLUMNS.index("is_deleted")
Pair = tuple[Row | None, Row | None]


class Analytics(Protocol):
    """What a correction asks of the store; projections.clickhouse.clickhouse_store.ClickHouseStore."""

    name: str
    topics: frozenset[str]
    clients: Clients

    def countable(
        self, connection: Connection[Any], live: Version, events: Sequence[RecordedEvent]
    ) -> Sequence[Decoded]:
        """Those of the events that the live version counts."""
        ...

    def tables(self, at: Version) -> Sequence[str]:
        """The tables that the version has."""
        ...

    def insert(self, database: str, table: str, lines: Sequence[tuple[Any, ...]], token: str) -> None:
        """Insert rows once for each `token`."""
        ...

    def insert_from(self, database: str, table: str, query: str, values: dict[str, Any], token: str) -> None:
        """Insert what a query finds, once for each `token`."""
        ...


def repair_in_place(store: Analytics, live: Version, streams: Sequence[UUID], events: Sequence[Decoded]) -> None:
    """Facts and sums as these events, all of the reviews' that count, have them."""
    pairs = _pairs(store, live, streams, events)
    wrong = {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}
    token = f"{live.name}:{live.version}:repair {uuid4()}"  # a repeat compares again: it must not be taken for this one
    if wrong:
        asked = {"tenants": _tenants(wrong), "reviews": sorted({review for review, _ in wrong})}
        store.clients.execute(schema.render("forget_facts", database=live.target), asked)
        reviews = {review for review, _ in wrong}
        rows = [made for (review, _), (_, made) in pairs.items() if review in reviews and made is not None]
        if rows:
            store.insert(live.target, "review_facts", rows, token)
    for table in _rollups(store, live) if pairs else ():
        query, values = _lacking(live, table, pairs)
        store.insert_from(live.target, table, query, values, token)
    repair_vectors(store, live, streams, events, token)


def differences(
    pool: ConnectionPool[Any],
    store: Analytics,
    source: EventSource,
    streams: Sequence[UUID] | None,
    into: Differences,
    progress: Callable[[int, int], None],
) -> Differences:
    """What `repair_in_place` would change; the live version stands still for one lot at a time."""
    if streams is None:
        streams = sorted({e.stream_id for page in source.scan(topics=store.topics, batch=BATCH) for e in page})
    for start in range(0, len(streams), LOT):
        lot = streams[start : start + LOT]
        with locked_live_version(pool, store.name) as (connection, live):
            events = histories(source, store.topics, live, lot)
            for found in _different(store, live, lot, store.countable(connection, live, events)):
                into.add(found)
            into.position = live.position
        into.events += len(events)
        progress(into.events, max(into.events, into.expected))
    return into


def _different(store: Analytics, live: Version, lot: Sequence[UUID], events: Sequence[Decoded]) -> Iterator[Difference]:
    pairs = _pairs(store, live, lot, events)
    for (review, _), (stands, made) in sorted(pairs.items()):
        if stands != made:
            row = stands or made
            assert row is not None
            yield Difference(
                "review_facts", row[TENANT], str(review), int(stands is not None), int(made is not None),
                _names(stands, made),
            )  # fmt: skip
    for table in _rollups(store, live) if pairs else ():
        query, values = _lacking(live, table, pairs)
        for row in store.clients.execute(query, values):
            yield Difference(table, row[0], _day_and_origin(table, row), 1, 1)
    yield from vector_differences(store, live, lot, events)


def _rollups(store: Analytics, live: Version) -> list[str]:
    return [table for table in ROLLUPS if table in store.tables(live)]


def _names(stands: Row | None, made: Row | None) -> tuple[str, ...]:
    if stands is None or made is None:
        return ()
    return tuple(name for name, one, other in zip(FACT_COLUMNS, stands, made, strict=True) if one != other)


def _day_and_origin(table: str, row: Row) -> str:
    columns = {"review_metrics": 5, "daily_stats": 2, "topic_trends": 3, "topic_periods": 5}
    parts = row[1 : columns[table]]
    return " ".join(f"{part:%Y-%m-%d}" if isinstance(part, date) else str(part) for part in parts)


def _pairs(
    store: Analytics, live: Version, streams: Sequence[UUID], events: Sequence[Decoded]
) -> dict[tuple[UUID, date], Pair]:
    """(what stands, what should) by review and day."""
    should = {(row[REVIEW], row[DAY]): row for row in facts(events) if not row[DELETED]}
    stands: dict[tuple[UUID, date], Row] = {}
    for start in range(0, len(streams), LOT):
        asked = {"reviews": list(streams[start : start + LOT])}
        for row in store.clients.execute(schema.render("facts_of", database=live.target), asked):
            stands[row[REVIEW], row[DAY]] = row
    return {key: (stands.get(key), should.get(key)) for key in {*stands, *should}}


def _lacking(live: Version, table: str, pairs: dict[tuple[UUID, date], Pair]) -> tuple[str, dict[str, Any]]:
    query = schema.render(f"differences/{table}", database=live.target)
    return query, {"tenants": _tenants(pairs), "days": sorted({day for _, day in pairs})}


def _tenants(pairs: dict[tuple[UUID, date], Pair]) -> Collection[UUID]:
    return sorted({row[TENANT] for pair in pairs.values() for row in pair if row is not None})
