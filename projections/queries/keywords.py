"""The keywords of a tenant's reviews."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from projections.queries.keyword_ranking import Counted, LeftOut, TopKeyword, boilerplate, ranked
from projections.queries.rows import ask, check_limit


@dataclass(frozen=True, slots=True)
class TopKeywords:
    """The best keywords, and what was left out."""

    keywords: list[TopKeyword]
    left_out: LeftOut


@dataclass(frozen=True, slots=True)
class _Row:
    text: str
    reviews: int
    relevance: float


@dataclass(frozen=True, slots=True)
class _Newest:
    source: str
    platform: str
    review_id: UUID
    keywords: list[str]


@dataclass(frozen=True, slots=True)
class _Count:
    reviews: int


def top_keywords(
    pool: ConnectionPool[Any],
    tenant_id: UUID,
    *,
    source: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    own_names: Sequence[str] = (),
    limit: int = 20,
) -> TopKeywords:
    """The best of the 5,000 most frequent keywords. Raises InvalidInput for a limit outside of 1 to 500.

    Left out is what is boilerplate in the newest 500 reviews of a source, and names: `own_names` (the tenant's), sources, platforms.
    """
    check_limit(limit)
    scope = {"tenant_id": tenant_id, "source": source, "since": since, "until": until}
    newest = ask(pool, _Newest, "keyword_scope", {"tenant_id": tenant_id, "source": source})
    by_source: defaultdict[str, list[list[str]]] = defaultdict(list)
    for each in newest:
        by_source[each.source].append(each.keywords)
    common = set().union(*map(boilerplate, by_source.values()))
    names = {*own_names, *by_source, *(each.platform for each in newest)}
    found = [Counted(row.text, row.reviews, row.relevance) for row in ask(pool, _Row, "top_keywords", scope)]
    (count,) = ask(pool, _Count, "analysed_reviews", scope)
    left_out = LeftOut()
    best = ranked(found, count.reviews, common, names, left_out)
    return TopKeywords(best[:limit], left_out)
