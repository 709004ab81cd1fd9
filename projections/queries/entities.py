"""The most mentioned entities of a tenant's reviews: one name whatever its spelling and type, with its abbreviation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from projections.queries.abbreviations import find_pairs, is_abbreviation, long_forms
from projections.queries.rows import ask, check_limit

ABBREVIATIONS = 100
"""So many of the most frequent short names are looked up."""


@dataclass(frozen=True, slots=True)
class TopEntity:
    """An entity in its commonest spelling, of its commonest type. `reviews` counts reviews; sentiment -1 to 1, salience 0 to 1.

    `spellings` and `types` say how many of each were joined, `abbreviations` which short forms were.
    """

    text: str
    type: str
    reviews: int
    avg_sentiment: float | None
    avg_salience: float
    spellings: int = 1
    types: int = 1
    abbreviations: tuple[str, ...] = ()


@dataclass(slots=True)
class _Group:
    """All rows of one key."""

    key: str
    text: str
    type: str
    reviews: int
    spellings: list[str]
    types: list[str]
    sentiment: float
    with_sentiment: int
    salience: float
    rows: int
    abbreviations: tuple[str, ...] = ()

    def join(self, short: _Group, overlapping: int) -> None:
        """Take in an abbreviation that has `overlapping` reviews in common; the long form's name stays, the type is that of more reviews."""
        if short.reviews > self.reviews and not self.abbreviations:
            self.type = short.type
        self.reviews += short.reviews - overlapping
        self.spellings = sorted({*self.spellings, *short.spellings})
        self.types = sorted({*self.types, *short.types})
        self.sentiment += short.sentiment
        self.with_sentiment += short.with_sentiment
        self.salience += short.salience
        self.rows += short.rows
        self.abbreviations += (short.text,)

    def top(self) -> TopEntity:
        sentiment = self.sentiment / self.with_sentiment if self.with_sentiment else None
        joined = (len(self.spellings), len(self.types), self.abbreviations)
        return TopEntity(self.text, self.type, self.reviews, sentiment, self.salience / self.rows, *joined)


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
    """The entities in most reviews, of the 2,000 most frequent names. Raises InvalidInput for a limit outside of 1 to 500."""
    check_limit(limit)
    scope = {"source": source, "since": since, "until": until}
    groups = ask(pool, _Group, "top_entities", scope | {"tenant_id": tenant_id, "type": entity_type})
    by_key = {group.key: group for group in groups}
    shorts = [group.key for group in groups if is_abbreviation(group.text)][:ABBREVIATIONS]
    for short, pair in long_forms(find_pairs(pool, tenant_id, shorts, source, since, until)).items():
        if pair.long in by_key:
            by_key[pair.long].join(by_key.pop(short), pair.overlapping)
    found = sorted(by_key.values(), key=lambda group: (-group.reviews, group.text))
    return [group.top() for group in found if entity_type in (None, group.type)][:limit]
