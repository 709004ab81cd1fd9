"""Numbers over time, by source and by platform, from the live analytics version in ClickHouse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from string import Template
from typing import Any, Literal, TypeAlias
from uuid import UUID

from clickhouse_driver import Client
from psycopg_pool import ConnectionPool

from projections import registry
from projections.clickhouse.clients import Clients
from projections.statements import text

Origin: TypeAlias = Literal["source", "platform"]
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True, slots=True)
class Sums:
    """Counts of reviews by sentiment; averages are None where nothing was rated or scored."""

    total_reviews: int
    sentiment_positive: int
    sentiment_neutral: int
    sentiment_negative: int
    sentiment_undetermined: int
    avg_rating: float | None
    avg_score: float | None


@dataclass(frozen=True, slots=True)
class DayMetrics:
    """One day of publication, UTC; days without reviews are left out."""

    day: date
    sums: Sums


@dataclass(frozen=True, slots=True)
class OriginMetrics:
    """One source, or one platform: `origin` is its name, which is empty where reviews named no platform."""

    origin: str
    sums: Sums


@dataclass(frozen=True, slots=True)
class TopicTrend:
    """A topic on a day; confidence is the mean, 0 to 1."""

    day: date
    topic_id: str
    total_reviews: int
    sentiment_positive: int
    sentiment_negative: int
    avg_confidence: float


class Metrics:
    """Queries ClickHouse; the registry says which version is live, so the next query sees a switch.

    All methods raise Unavailable before the projection's first start and TransientError when a server does not answer.
    """

    def __init__(self, pool: ConnectionPool[Any], connect: Callable[[], Client], *, name: str = "analytics") -> None:
        self._pool, self._clients, self._name = pool, Clients(connect), name

    def by_day(
        self, tenant_id: UUID, *, since: date = FIRST_DAY, until: date = LAST_DAY, source: str = ""
    ) -> list[DayMetrics]:
        """From `since` to `until`, both included, oldest first."""
        rows = self._ask("metrics_by_day", tenant_id, since=since, until=until, source=source)
        return [DayMetrics(day, Sums(*sums)) for day, *sums in rows]

    def by_origin(
        self, origin: Origin, tenant_id: UUID, *, since: date = FIRST_DAY, until: date = LAST_DAY, source: str = ""
    ) -> list[OriginMetrics]:
        """Each source or platform once, most reviews first."""
        rows = self._ask("metrics_by_origin", tenant_id, origin=origin, since=since, until=until, source=source)
        return [OriginMetrics(name, Sums(*sums)) for name, *sums in rows]

    def topics(self, tenant_id: UUID, *, since: date = FIRST_DAY, until: date = LAST_DAY) -> list[TopicTrend]:
        """By day, then most reviews first."""
        return [TopicTrend(*row) for row in self._ask("topic_trends", tenant_id, since=since, until=until)]

    def counters(self, tenant_id: UUID, *, since: date = FIRST_DAY, until: date = LAST_DAY) -> dict[str, int]:
        """The daily counters summed over the days, such as `rating.5` or `language.en`."""
        ((names, values),) = self._ask("daily_counters", tenant_id, since=since, until=until)
        return dict(zip(names, values, strict=True))

    def _ask(self, name: str, tenant_id: UUID, *, origin: Origin = "source", **values: Any) -> Any:
        with self._pool.connection() as connection:
            live = registry.live_or_fail(connection, self._name)
        query = Template(text(f"queries/sql/{name}")).substitute(database=live.target, origin=origin)
        return self._clients.execute(query, values | {"tenant_id": tenant_id})
