"""Weeks and months from the live analytics version in ClickHouse, and how far behind the log it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from string import Template
from typing import Any, Literal, Protocol, TypeAlias
from uuid import UUID

from clickhouse_driver import Client
from psycopg_pool import ConnectionPool

from eventstore.model import RecordedEvent
from projections import registry
from projections.clickhouse.clients import Clients
from projections.clickhouse.periods import spans
from projections.statements import text
from schemas.errors import StoreLost, Unavailable

Period: TypeAlias = Literal["week", "month"]
ALL_TOPICS = "*"
FIRST_DAY: dict[Period, str] = {
    "week": "subtractDays(toDate32(timestamp), toDayOfWeek(timestamp) - 1)",
    "month": "subtractDays(toDate32(timestamp), toDayOfMonth(timestamp) - 1)",
}


@dataclass(frozen=True, slots=True)
class Trend:
    """A week (by its Monday) or month; `topic` is empty for all reviews. The average is None where nothing was rated."""

    first_day: date
    topic: str
    total_reviews: int
    sentiment_positive: int
    sentiment_neutral: int
    sentiment_negative: int
    sentiment_undetermined: int
    avg_rating: float | None


@dataclass(frozen=True, slots=True)
class Freshness:
    """The numbers are those of `position`; the log has `behind` more events, the first of them recorded `seconds` ago."""

    position: int
    behind: int
    seconds: float


class Log(Protocol):
    """The reading side of eventstore.log.EventLog."""

    def head(self) -> int:
        """Position of the newest event."""
        ...

    def read_after(self, position: int, limit: int) -> list[RecordedEvent]:
        """Up to `limit` events after a position."""
        ...


class Trends:
    """All methods raise Unavailable before the projection's first start and TransientError when a server does not answer."""

    def __init__(self, pool: ConnectionPool[Any], connect: Callable[[], Client], *, name: str = "analytics") -> None:
        self._pool, self._clients, self._name = pool, Clients(connect), name

    def by_period(
        self, period: Period, tenant_id: UUID, *, since: date, until: date, source: str = "", topic: str = ""
    ) -> list[Trend]:
        """Whole periods from the one that `since` is in to that of `until`, oldest first.

        A topic's own numbers with `topic`, those of each with ALL_TOPICS, those of all reviews without. Raises Unavailable
        when an earlier release built the numbers without topics.
        """
        values = {"tenant_id": tenant_id, "source": source, "until": until}
        begin = dict(spans(since))[period]
        if not topic:
            return self._ask("trends", period, values | {"since": max(begin, date(1970, 1, 1))})
        asked = {"since": begin, "period": period, "topic": "" if topic == ALL_TOPICS else topic}
        try:
            return self._ask("trends_by_topic", period, values | asked)
        except StoreLost as error:
            why = "topics by week and month are not there: an earlier release built the analytics; `reviewstream replay analytics`"
            raise Unavailable(why) from error

    def freshness(self, log: Log, now: datetime | None = None) -> Freshness:
        """How far the numbers are behind the log."""
        with self._pool.connection() as connection:
            position = registry.live_or_fail(connection, self._name).position
        behind = log.head() - position
        late = log.read_after(position, 1)
        waited = ((now or datetime.now(UTC)) - late[0].recorded_at).total_seconds() if late else 0.0
        return Freshness(position, max(behind, 0), max(waited, 0.0))

    def _ask(self, name: str, period: Period, values: dict[str, Any]) -> list[Trend]:
        with self._pool.connection() as connection:
            live = registry.live_or_fail(connection, self._name)
        query = Template(text(f"queries/sql/{name}")).substitute(database=live.target, first_day=FIRST_DAY[period])
        return [Trend(*row) for row in self._clients.execute(query, values)]
