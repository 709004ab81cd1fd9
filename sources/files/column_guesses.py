"""Guesses which column holds which field of a review, by common column names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

# Field: the column names that mean it, best first. A dot descends into a JSON object.
GUESSES: dict[str, tuple[str, ...]] = {
    "external_id": ("external_id", "review_id", "reviewid", "id", "uuid"),
    "title": ("title", "headline", "subject", "summary"),
    "content": ("content", "text", "review_text", "reviewtext", "review_body", "review", "body", "comment"),
    "rating": ("rating", "rate", "stars", "score", "star_rating", "overall_rating", "overall", "rating.value"),
    "best_rating": ("best_rating", "max_rating", "rating_max", "rating.rating_max"),
    "worst_rating": ("worst_rating", "min_rating", "rating_min"),
    "author_name": ("author_name", "author.name", "author", "reviewer_name", "reviewer", "username", "user", "name"),
    "author_id": ("author_id", "author.id", "user_id", "userid", "reviewer_id", "customer_id"),
    "published_at": ("published_at", "published", "date", "at", "created_at", "review_date", "timestamp"),
    "language": ("language", "lang", "locale"),
    "url": ("url", "link", "review_url"),
    "platform": ("platform", "store", "site"),
}

# The column names of a record in their order, each with the names inside when it holds an object.
Shape = tuple[tuple[str, tuple[str, ...] | None], ...]


def shape_of(record: Mapping[str, object]) -> Shape:
    """What guessing needs to know of a record; equal for all rows of one table."""
    return tuple((name, tuple(value) if isinstance(value, dict) else None) for name, value in record.items())


@lru_cache(maxsize=256)
def guess_sources(shape: Shape, taken: frozenset[str]) -> dict[str, str]:
    """Field → the column of such a record that seems to hold it; the columns in `taken` are skipped."""
    inside = dict(shape)
    by_name = {name.strip().lower().replace(" ", "_").replace("-", "_"): name for name, _ in reversed(shape)}
    sources = {}
    for target, names in GUESSES.items():
        guesses = (_guess(inside, by_name, name) for name in names)
        column = next((column for column in guesses if column is not None and column not in taken), None)
        if column is not None:
            sources[target] = column
    return sources


def _guess(inside: Mapping[str, tuple[str, ...] | None], by_name: Mapping[str, str], name: str) -> str | None:
    top, _, rest = name.partition(".")
    column = by_name.get(top)
    if column is None:
        return None
    names = inside[column]
    if not rest:
        return column if names is None else None
    return f"{column}.{rest}" if names is not None and rest in names else None
