"""Reviews by words, and what is shown of reviews that a search has found: from the reviews read model in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from projections.queries.rows import ask


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """Filters; None matches all. `since` <= published < `until`."""

    source: str | None = None
    label: str | None = None
    language: str | None = None
    since: datetime | None = None
    until: datetime | None = None


ALL = SearchFilter()


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What a list shows of a review; `text` is the first 100 characters of title and content."""

    review_id: UUID
    revision: int
    source: str
    published_at: datetime
    rating: float | None
    label: str | None
    language: str | None
    text: str


@dataclass(frozen=True, slots=True)
class WithWords:
    """A review that has the words; `score` grows with how often and how close together they stand."""

    review_id: UUID
    score: float


def with_words(
    pool: ConnectionPool[Any], tenant_id: UUID, text: str, filters: SearchFilter = ALL, *, limit: int
) -> list[WithWords]:
    """Reviews whose title and content have the words, best first. Of very long texts the first 100,000 characters count.

    `text` is as in a search engine: all words, "a phrase", `or`, `-without`. Words match as they are written, but for case.
    """
    # PostgreSQL has no text with NUL in it, and so no review has one.
    asked = {"tenant_id": tenant_id, "text": text.replace("\0", " "), "limit": limit}
    return ask(pool, WithWords, "full_text", asdict(filters) | asked)


def excerpts(
    pool: ConnectionPool[Any], tenant_id: UUID, reviews: Collection[UUID], filters: SearchFilter = ALL
) -> dict[UUID, Excerpt]:
    """By id, those of the reviews that the tenant has now and that pass the filters."""
    values = asdict(filters) | {"tenant_id": tenant_id, "reviews": list(reviews)}
    return {found.review_id: found for found in ask(pool, Excerpt, "excerpts", values)}
