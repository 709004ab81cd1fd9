"""What alarms are judged by: daily numbers from ClickHouse's live version, and what is said in the reviews of some days."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from string import Template
from typing import Any, NamedTuple
from uuid import UUID

from clickhouse_driver import Client
from psycopg_pool import ConnectionPool

from projections import registry
from projections.clickhouse.clients import Clients
from projections.statements import statement, text

MOST = 20_000
"""Reviews that are compared for one alarm: of more, those of its own days first, with the worst scores."""


class DayNumbers(NamedTuple):
    """A day of a source or topic: counts of reviews, negative ones and rated ones, and the sum of ratings."""

    name: str
    day: date
    reviews: int
    negative: int
    rated: int
    rating_sum: float


class ReviewAt(NamedTuple):
    """A review, and whether it is of the alarm's own days."""

    review_id: UUID
    recent: bool
    source: str
    topic_ids: list[str]


class AlarmNumbers:
    """All methods raise Unavailable before the projection's first start and TransientError when a server does not answer."""

    def __init__(self, pool: ConnectionPool[Any], connect: Callable[[], Client], *, name: str = "analytics") -> None:
        self._pool, self._clients, self._name = pool, Clients(connect), name

    def position(self) -> int:
        """How far the numbers have come in the log."""
        with self._pool.connection() as connection:
            return registry.live_or_fail(connection, self._name).position

    def tenants(self, since: date) -> list[UUID]:
        """Those with reviews on that day or later."""
        return sorted(row[0] for row in self._execute("counted_tenants", {"since": since}))

    def by_source(self, tenant_id: UUID, since: date, until: date) -> list[DayNumbers]:
        """Days with reviews, by source."""
        return [DayNumbers(*row) for row in self._ask("alarm_days_by_source", tenant_id, since=since, until=until)]

    def by_topic(self, tenant_id: UUID, since: date, until: date) -> list[DayNumbers]:
        """Days with reviews, by topic; without ratings."""
        return [DayNumbers(*row) for row in self._ask("alarm_days_by_topic", tenant_id, since=since, until=until)]

    def reviews(
        self, tenant_id: UUID, since: date, first: date, until: date, *, source: str, topic: str, label: str
    ) -> list[ReviewAt]:
        """Reviews of these days; those from `first` on are recent and come first. An empty filter is none."""
        asked = {"since": since, "first": first, "until": until, "source": source, "topic": topic, "label": label}
        return [ReviewAt(*row) for row in self._ask("alarm_reviews", tenant_id, **asked, limit=MOST)]

    def words(
        self, tenant_id: UUID, recent: Collection[UUID], before: Collection[UUID]
    ) -> list[tuple[str, str, int, int]]:
        """Kind, text, and in how many of the recent and of the earlier reviews it is; only what two recent ones have."""
        asked = {"tenant_id": tenant_id, "recent": list(recent), "before": list(before)}
        with self._pool.connection() as connection:
            found: list[tuple[str, str, int, int]] = connection.execute(
                statement("queries/sql/alarm_words"), asked
            ).fetchall()
        return found

    def _ask(self, name: str, tenant_id: UUID, **values: Any) -> Any:
        return self._execute(name, values | {"tenant_id": tenant_id})

    def _execute(self, name: str, values: dict[str, Any]) -> Any:
        with self._pool.connection() as connection:
            live = registry.live_or_fail(connection, self._name)
        return self._clients.execute(Template(text(f"queries/sql/{name}")).substitute(database=live.target), values)
