"""Compares the read models with the event log: a fold of all events against the tables."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from connectors.wait import TimedOut, wait_until
from projections import registry
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.decoder import Decode, Decoder, decode_state
from projections.fill import BATCH, ahead
from projections.ports import EventSource
from projections.verify.actual import CLICKHOUSE_TABLES, TABLES, Actual, read_actual
from projections.verify.alarms import AlarmsFold
from projections.verify.facts import FactsFold
from projections.verify.feedback import FeedbackFold
from projections.verify.reviews import ReviewsFold
from projections.verify.saga import FailuresFold, SagaFold
from projections.verify.tally import Fold, Tallies, Tally, tallies
from projections.verify.topic_counts import topic_counts
from projections.verify.topics import ReviewTopicsFold, TopicsFold
from projections.verify.vectors import VectorsFold
from schemas.events.review import ReviewCollected

FOLDS: tuple[Callable[[], Fold], ...] = (
    ReviewsFold,
    SagaFold,
    FailuresFold,
    FeedbackFold,
    AlarmsFold,
    FactsFold,
    VectorsFold,
    TopicsFold,
    ReviewTopicsFold,
)
REVIEWS_AT_ONCE = 200_000
"""Bounds memory: longer histories are folded in several passes, each over a share of the reviews."""


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison; `expected` and `actual` are plain JSON values."""

    name: str
    expected: Any
    actual: Any

    @property
    def ok(self) -> bool:
        """Whether both are equal."""
        return bool(self.expected == self.actual)


@dataclass(frozen=True, slots=True)
class Report:
    """All checks. `position` is the head of the log when verification began."""

    position: int
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether every check holds."""
        return all(check.ok for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        """As a JSON value."""
        checks = [asdict(check) | {"ok": check.ok} for check in self.checks]
        return {"ok": self.ok, "position": self.position, "checks": checks}


def verify(
    pool: ConnectionPool[Any],
    source: EventSource,
    *,
    clickhouse: ClickHouseStore | None = None,
    decode: Decode = decode_state,
    timeout: float = 60,
) -> Report:
    """Compare the log with the read models, each at its own position.

    Waits up to `timeout` seconds until all have reached the log's current head; one that has not fails a check and
    is still compared at its position. Raises Unsettled when the analytics worker died within a batch.
    """
    head = source.head()
    names = [*TABLES, *([clickhouse.name] if clickhouse else [])]
    _wait(pool, names, head, timeout)
    actual = read_actual(pool, clickhouse)
    reached = [Check(f"{name}: reached the log's head", True, at >= head) for name, at in actual.positions.items()]
    expected = _expect(source, Decoder(decode, keep=1), actual)
    checks = [*reached, Check("parked streams", 0, len(actual.parked)), *_tables(expected, actual), *_rollups(actual)]
    checks += _topics(actual)
    return Report(head, tuple(checks))


def _wait(pool: ConnectionPool[Any], names: Iterable[str], head: int, timeout: float) -> None:
    def level() -> bool:
        with pool.connection() as connection:
            positions = [found.position for name in names if (found := registry.live(connection, name))]
        return min(positions, default=head) >= head

    with suppress(TimedOut):  # a check reports it
        wait_until(level, timeout, what="the read models to reach the head of the log")


def _expect(source: EventSource, decoder: Decoder, actual: Actual) -> Tallies:
    """The rows that the events imply, by table and tenant, each projection's up to its own position."""
    expected = tallies()
    reviews = source.count(topics={ReviewCollected.TOPIC})
    parts = 1 + reviews // REVIEWS_AT_ONCE
    for part in range(parts):
        folds = [fold for make in FOLDS if (fold := make()).name in actual.positions]
        _fold(source, decoder, folds, actual, part, parts)
        for fold in folds:
            fold.result(expected)
    return expected


def _part(stream: UUID, parts: int) -> int:
    return zlib.crc32(stream.bytes) % parts


def _fold(source: EventSource, decoder: Decoder, folds: list[Fold], actual: Actual, part: int, parts: int) -> None:
    topics = frozenset().union(*(fold.topics for fold in folds))
    last = max(actual.positions.values(), default=0)
    for page in ahead(source.scan(0, last, topics=topics, batch=BATCH)):
        decoded, _ = decoder([event for event in page if _part(event.stream_id, parts) == part], topics)
        for one in decoded:
            for fold in folds:
                if one.at.topic in fold.topics and one.at.position <= actual.limit(fold.name, one.at.stream_id):
                    fold.take(one)


def _tables(expected: Tallies, actual: Actual) -> Iterable[Check]:
    """One check per table over all tenants, and one more for each tenant that differs."""
    tables = [table for name, listed in TABLES.items() if name in actual.positions for table in listed]
    for table in [*tables, *(CLICKHOUSE_TABLES if "analytics" in actual.positions else [])]:
        tenants = {tenant for name, tenant in (*expected, *actual.tallies) if name == table}
        pairs = {tenant: (expected[table, tenant], actual.tallies[table, tenant]) for tenant in tenants}
        yield Check(table, _total(one for one, _ in pairs.values()), _total(other for _, other in pairs.values()))
        for tenant, (one, other) in sorted(pairs.items()):
            if one != other:
                yield Check(f"{table}: tenant {tenant}", asdict(one), asdict(other))


def _total(found: Iterable[Tally]) -> dict[str, int]:
    total = Tally()
    for tally in found:
        total.merge(tally)
    return asdict(total)


def _rollups(actual: Actual) -> Iterable[Check]:
    for table, (by_facts, as_it_is) in actual.rollups.items():
        yield Check(f"{table}: sums of the facts", asdict(by_facts), asdict(as_it_is))


def _topics(actual: Actual) -> Iterable[Check]:
    if (compared := topic_counts(actual)) is not None:
        yield Check("review_topics: as topic_trends counts them", *compared)
