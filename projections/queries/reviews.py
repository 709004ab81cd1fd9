"""Reviews by filters, page by page, newest first."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from projections.queries.abbreviations import keys_of
from projections.queries.cursors import Place, decode, encode
from projections.queries.rows import ask, check_limit


@dataclass(frozen=True, slots=True)
class ReviewFilter:
    """Filters; None, or no label, matches all. Ratings 1 to 5, both ends included; `since` <= published < `until`; `topic` is an id."""

    source: str | None = None
    labels: tuple[str, ...] = ()
    language: str | None = None
    min_rating: float | None = None
    max_rating: float | None = None
    since: datetime | None = None
    until: datetime | None = None
    entity: str | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """The current state of a review; results are None until the analysis is finished."""

    review_id: UUID
    source: str
    platform: str
    external_id: str
    revision: int
    title: str | None
    content: str
    author_name: str | None
    rating: float | None
    published_at: datetime
    language: str | None
    sentiment_label: str | None
    sentiment_score: float | None
    processed_at: datetime | None
    processing_version: str | None


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """Some reviews; `next_cursor` is None on the last page."""

    items: list[ReviewRow]
    next_cursor: str | None


def find_reviews(
    pool: ConnectionPool[Any],
    tenant_id: UUID,
    filters: ReviewFilter = ReviewFilter(),
    *,
    cursor: str | None = None,
    limit: int = 50,
) -> ReviewPage:
    """Newest first; a review that does not change appears on exactly one page.

    Raises InvalidInput for a limit outside of 1 to 500 and for a cursor of another query.
    """
    check_limit(limit)
    published_at, review_id = decode(cursor, (tenant_id, filters)) if cursor else (None, None)
    keys = keys_of(pool, tenant_id, filters.entity) if filters.entity is not None else None
    values = asdict(filters) | {"tenant_id": tenant_id, "limit": limit + 1, "entity_keys": keys}
    values["labels"] = list(filters.labels)
    found = ask(pool, ReviewRow, "reviews", values | {"before": published_at, "before_id": review_id})
    items = found[:limit]
    if len(found) <= limit:
        return ReviewPage(items, None)
    return ReviewPage(items, encode(Place(items[-1].published_at, items[-1].review_id), (tenant_id, filters)))
