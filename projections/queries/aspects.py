"""What a tenant's reviews speak of and how, by term; and the newest that speak of one."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from projections.queries.rows import ask, check_limit
from projections.queries.topics import Observation


@dataclass(frozen=True, slots=True)
class AspectFilter:
    """Filters; None matches all. `term` in any case; `since` <= published < `until`."""

    term: str | None = None
    label: str | None = None
    source: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class TermCounts:
    """Reviews that speak of a term, by label. One that both praises and blames it counts in both."""

    term: str
    reviews: int
    positive: int
    negative: int
    undetermined: int

    @property
    def share_negative(self) -> float | None:
        """Of the labels positive and negative; None without any of them."""
        decided = self.positive + self.negative
        return self.negative / decided if decided else None


@dataclass(frozen=True, slots=True)
class AspectMention:
    """A clause that speaks of the term, as written; probability 0 to 1 that it is positive of it. Personal data."""

    review_id: UUID
    source: str
    published_at: datetime
    text: str
    label: str
    probability: float | None
    clause: str


def aspect_observations(
    pool: ConnectionPool[Any],
    tenant_id: UUID,
    *,
    since: date,
    until: date,
    source: str = "",
    most: int,
    terms: int = 60,
) -> list[Observation]:
    """Of each review what effects are estimated from, about the `terms` of most reviews; of very many reviews `most`."""
    values = {"tenant_id": tenant_id, "since": since, "until": until, "source": source, "most": most, "terms": terms}
    found = ask(pool, Observation, "aspect_observations", values)
    return [replace(each, about=tuple(each.about)) for each in found]


def count_terms(
    pool: ConnectionPool[Any], tenant_id: UUID, filters: AspectFilter = AspectFilter(), *, limit: int = 20
) -> list[TermCounts]:
    """The terms in most reviews. Raises InvalidInput for a limit outside of 1 to 500."""
    check_limit(limit)
    return ask(pool, TermCounts, "aspects", _values(tenant_id, filters) | {"limit": limit})


def newest_mentions(
    pool: ConnectionPool[Any], tenant_id: UUID, filters: AspectFilter, *, limit: int = 20
) -> list[AspectMention]:
    """The newest clauses that speak of `filters.term`. Raises InvalidInput for a limit outside of 1 to 500."""
    check_limit(limit)
    return ask(pool, AspectMention, "aspect_mentions", _values(tenant_id, filters) | {"limit": limit})


def _values(tenant_id: UUID, filters: AspectFilter) -> dict[str, Any]:
    term = " ".join(filters.term.lower().split()) if filters.term is not None else None
    return asdict(replace(filters, term=term)) | {"tenant_id": tenant_id}
