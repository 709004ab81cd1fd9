"""The most mentioned entities and keywords of a tenant's reviews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from projections.queries.rows import ask, check_limit


@dataclass(frozen=True, slots=True)
class TopEntity:
    """An entity by its text, ignoring case. `reviews` counts reviews; sentiment -1 to 1, salience 0 to 1."""

    text: str
    type: str
    reviews: int
    avg_sentiment: float | None
    avg_salience: float


@dataclass(frozen=True, slots=True)
class TopKeyword:
    """A key phrase; relevance 0 to 1."""

    text: str
    reviews: int
    avg_relevance: float


def top_entities(
    pool: ConnectionPool[Any],
    tenant_id: UUID,
    *,
    entity_type: str | None = None,
    source: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 20,
) -> list[TopEntity]:
    """The entities in most reviews. Raises InvalidInput for a limit outside of 1 to 500."""
    check_limit(limit)
    values = {"tenant_id": tenant_id, "type": entity_type, "source": source, "since": since, "until": until}
    return ask(pool, TopEntity, "top_entities", values | {"limit": limit})


def top_keywords(
    pool: ConnectionPool[Any],
    tenant_id: UUID,
    *,
    source: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 20,
) -> list[TopKeyword]:
    """The key phrases in most reviews. Raises InvalidInput for a limit outside of 1 to 500."""
    check_limit(limit)
    values = {"tenant_id": tenant_id, "source": source, "since": since, "until": until, "limit": limit}
    return ask(pool, TopKeyword, "top_keywords", values)
