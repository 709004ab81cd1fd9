"""The actual content of the read models, each at its position."""

from __future__ import annotations

from dataclasses import dataclass, field
from string import Template
from typing import Any, TypeAlias
from uuid import UUID

from psycopg import Connection
from psycopg_pool import ConnectionPool

from projections import registry
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.parking import parked
from projections.ports import Digest
from projections.registry import Version
from projections.statements import in_schema, statement, text
from projections.switch import locked_live_version
from projections.verify.tally import MASK, Tallies, Tally, tallies

SQL = "verify/sql"
TABLES = {
    "reviews": ("processed_reviews", "review_entities", "review_keywords", "review_aspects"),
    "saga_progress": ("saga_progress",),
    "failures": ("failures",),
    "feedback": ("review_feedback",),
    "alarms": ("alarms",),
    "topics": ("topics",),
    "review_topics": ("review_topics",),
}
CLICKHOUSE_TABLES = ("review_facts", "review_vectors")
ROLLUPS = {"review_metrics": "metrics", "daily_stats": "daily", "topic_trends": "trends", "topic_periods": "periods"}


Counts: TypeAlias = tuple[tuple[str, str, int, int], ...]
"""Of each tenant and topic: how many reviews, and the sum of their confidences in ten-thousandths."""


@dataclass(slots=True)
class Actual:
    """Rows by table and tenant, positions by projection, and (from facts, actual) for each rollup.

    `counted` is how review_topics and how topic_trends count the reviews of each topic.
    """

    positions: dict[str, int] = field(default_factory=dict)
    tallies: Tallies = field(default_factory=tallies)
    rollups: dict[str, tuple[Digest, Digest]] = field(default_factory=dict)
    counted: tuple[Counts, Counts] = ((), ())
    parked: dict[tuple[str, UUID], int] = field(default_factory=dict)

    def limit(self, name: str, stream: UUID) -> int:
        """The last position of a stream that a projection has applied, or would have."""
        position = self.positions[name]
        return min(position, self.parked.get((name, stream), position + 1) - 1)


def read_actual(pool: ConnectionPool[Any], clickhouse: ClickHouseStore | None) -> Actual:
    """Each projection at one position of its own, while workers continue."""
    found = Actual()
    with pool.connection() as connection, connection.transaction():
        connection.execute(statement("sql/one_snapshot"))
        for name, tables in TABLES.items():
            _postgres(connection, name, tables, found)
        by_review = _by_review(connection)
    if clickhouse is not None:
        with locked_live_version(pool, clickhouse.name) as (connection, live):
            _position(connection, "analytics", live, found)
            _clickhouse(clickhouse, live, found)
            found.counted = (by_review, _by_day(clickhouse, live.target))
    return found


def _by_review(connection: Connection[Any]) -> Counts:
    live = registry.live(connection, "review_topics")
    return () if live is None else tuple(connection.execute(in_schema(f"{SQL}/topics_by_review", live.target)))


def _by_day(store: ClickHouseStore, database: str) -> Counts:
    query = Template(text(f"{SQL}/topics_by_day")).substitute(database=database)
    return tuple(map(tuple, store.clients.execute(query)))


def _postgres(connection: Connection[Any], name: str, tables: tuple[str, ...], found: Actual) -> None:
    live = registry.live(connection, name)
    if live is None:
        return
    _position(connection, name, live, found)
    for table in tables:
        for tenant, rows, checksum in connection.execute(in_schema(f"{SQL}/{table}", live.target)):
            found.tallies[table, tenant] = Tally(rows, int(checksum) & MASK)


def _position(connection: Connection[Any], name: str, live: Version, found: Actual) -> None:
    found.positions[name] = live.position
    for one in parked(connection, live):
        found.parked[name, one.stream_id] = one.position


def _clickhouse(store: ClickHouseStore, live: Version, found: Actual) -> None:
    def ask(name: str) -> Any:
        return store.clients.execute(Template(text(f"{SQL}/{name}")).substitute(database=live.target))

    for table in CLICKHOUSE_TABLES:
        for tenant, rows, checksum in ask(table):
            found.tallies[table, tenant] = Tally(rows, checksum)
    for table, name in ROLLUPS.items():
        if table not in store.tables(live):
            continue
        found.rollups[table] = (Digest(*ask(f"{name}_by_facts")[0]), Digest(*ask(name)[0]))
