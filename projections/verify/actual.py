"""The actual content of the read models, each at its position."""

from __future__ import annotations

from dataclasses import dataclass, field
from string import Template
from typing import Any
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
}
ROLLUPS = {"review_metrics": "metrics", "daily_stats": "daily", "topic_trends": "trends"}


@dataclass(slots=True)
class Actual:
    """Rows by table and tenant, positions by projection, and (from facts, actual) for each rollup."""

    positions: dict[str, int] = field(default_factory=dict)
    tallies: Tallies = field(default_factory=tallies)
    rollups: dict[str, tuple[Digest, Digest]] = field(default_factory=dict)
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
    if clickhouse is not None:
        with locked_live_version(pool, clickhouse.name) as (connection, live):
            _position(connection, "analytics", live, found)
            _clickhouse(clickhouse, live.target, found)
    return found


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


def _clickhouse(store: ClickHouseStore, database: str, found: Actual) -> None:
    def ask(name: str) -> Any:
        return store.clients.execute(Template(text(f"{SQL}/{name}")).substitute(database=database))

    for tenant, rows, checksum in ask("review_facts"):
        found.tallies["review_facts", tenant] = Tally(rows, checksum)
    for table, name in ROLLUPS.items():
        found.rollups[table] = (Digest(*ask(f"{name}_by_facts")[0]), Digest(*ask(name)[0]))
