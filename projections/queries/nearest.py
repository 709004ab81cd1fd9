"""Reviews by the nearness of their vectors, from the live analytics version in ClickHouse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from string import Template
from typing import Any
from uuid import UUID

from clickhouse_driver import Client
from psycopg_pool import ConnectionPool

from projections import registry
from projections.clickhouse.clients import Clients
from projections.queries.excerpts import ALL, SearchFilter
from projections.queries.metrics import FIRST_DAY, LAST_DAY
from projections.statements import text

NO_REVIEW = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Near:
    """A review and the cosine of its vector with the one asked for, -1 to 1. `revision` is that of the text it stands for."""

    review_id: UUID
    revision: int
    similarity: float


@dataclass(frozen=True, slots=True)
class StoredVector:
    """What a review means, by one encoder, in signed bytes as numbers."""

    encoder: str
    numbers: tuple[int, ...]
    revision: int


class NearestReviews:
    """Exact: compares with every vector of the tenant and encoder. The registry says which version is live.

    All methods raise Unavailable before the projection's first start, TransientError when a server does not answer and
    StoreLost when the live version has no vectors yet: it was built by an earlier release.
    """

    def __init__(self, pool: ConnectionPool[Any], connect: Callable[[], Client], *, name: str = "analytics") -> None:
        self._pool, self._clients, self._name = pool, Clients(connect), name

    def encoders(self, tenant_id: UUID) -> dict[str, int]:
        """How many reviews of a tenant have a vector of each encoder, most first."""
        return dict(self._ask("vector_counts", tenant_id))

    def vector_of(self, tenant_id: UUID, review_id: UUID) -> StoredVector | None:
        """A review's vector; None where it has none, or is another tenant's."""
        for encoder, numbers, revision in self._ask("vector_of_review", tenant_id, review_id=review_id):
            return StoredVector(encoder, tuple(numbers), revision)
        return None

    def nearest(
        self,
        tenant_id: UUID,
        encoder: str,
        vector: Sequence[int],
        filters: SearchFilter = ALL,
        *,
        limit: int,
        without: UUID = NO_REVIEW,
    ) -> list[Near]:
        """The `limit` nearest, nearest first, `without` that review. A filter by source, label or day is one of counted reviews."""
        values = {
            "encoder": encoder, "vector": list(vector), "dimensions": len(vector), "without": without, "limit": limit,
            "language": filters.language or "", "source": filters.source or "", "label": filters.label or "",
            "since": filters.since.date() if filters.since else FIRST_DAY,
            "until": filters.until.date() if filters.until else LAST_DAY,
        }  # fmt: skip
        counted = any((filters.source, filters.label, filters.since, filters.until))
        return [Near(*row) for row in self._ask("nearest_vectors", tenant_id, counted=counted, **values)]

    def _ask(self, name: str, tenant_id: UUID, *, counted: bool = False, **values: Any) -> Any:
        with self._pool.connection() as connection:
            live = registry.live_or_fail(connection, self._name)
        condition = Template(text("queries/sql/counted_reviews")).substitute(database=live.target) if counted else ""
        query = Template(text(f"queries/sql/{name}")).substitute(database=live.target, counted=condition)
        return self._clients.execute(query, values | {"tenant_id": tenant_id})
